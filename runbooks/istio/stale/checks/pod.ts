// The pod itself: has it a proxy that runs, and does its application stay up?
import { check, cite, type MeshChoice, type PodRef } from '../../../../src/authoring.ts';
import { pod } from '../../../../src/facts/kube/pod.ts';
import { crashing } from '../../../../src/model/istio/sync-verdict.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';

export const stale = check<MeshChoice & { readonly pod: PodRef }>();

export const about = stale({
  id: 'pod',
  asks: 'Does the pod have a proxy, and does it run?',
  why: 'Without one, every later answer would be about nothing.',
  rulesOut: 'a missing or stopped proxy',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
});

export const app = stale({
  id: 'app',
  asks: 'Does the application itself stay up?',
  why: 'A crash loop behind a healthy proxy looks like a mesh fault to its callers.',
  rulesOut: 'a crashing application',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
  judge: (got, _, { pod: ref }) => {
    const crash = got.kind === 'known' ? crashing(got.value) : undefined;
    if (!crash || got.kind !== 'known') return;
    const { name: container, state } = crash;
    const rest = { from: cite(got), fixes: [fixes.readEnd(ref, container)] };
    return [tell('app-crashing', { pod: ref, container, state }, rest)];
  },
});
