// The pod itself: has it a proxy that runs, and does its application stay up?
import {
  check,
  cite,
  stop,
  type Found,
  type Known,
  type MeshChoice,
  type PodRef,
} from '../../../../src/authoring.ts';
import { pod, type Pod } from '../../../../src/facts/kube/pod.ts';
import { meshRole, proxyOf, type MeshRole } from '../../../../src/model/istio/mesh-pod.ts';
import {
  crashing,
  downState,
  pendingReason,
  ranOutOfMemory,
} from '../../../../src/model/istio/sync-verdict.ts';
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
  judge: (got) => {
    if (got.kind !== 'known') return;
    const { phase } = got.value;
    const hasEnded = phase === 'Succeeded' || phase === 'Failed';
    const found = hasEnded ? [ended(got)] : withoutConfig(got);
    return found.length > 0 ? [...found, stop] : [];
  },
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

function ended(got: Known<Pod>): Found {
  const { ref, phase } = got.value;
  const rest = { from: cite(got), fixes: [fixes.describe('See how it ended', ref)] };
  return tell('finished', { pod: ref, phase }, rest);
}

/** Why the pod has no proxy that istiod could send config to. */
function withoutConfig(got: Known<Pod>): readonly Found[] {
  const role = meshRole(got.value);
  return [...byRole(got, role), ...notRunning(got, role)];
}

function byRole(got: Known<Pod>, { is }: MeshRole): readonly Found[] {
  const { ref, node = 'unknown' } = got.value;
  const from = cite(got);
  switch (is) {
    case 'none':
      return [tell('no-proxy', { pod: ref }, { from, fixes: [fixes.seeInjection(ref)] })];
    case 'ambient': {
      const rest = { from, fixes: fixes.findZtunnel(ref.namespace, node) };
      return [tell('ambient', { pod: ref, node }, rest)];
    }
    case 'control-plane':
      return [tell('is-istiod', { pod: ref }, { from, fixes: [fixes.listProxies()] })];
    default:
      return [];
  }
}

function notRunning(got: Known<Pod>, role: MeshRole): readonly Found[] {
  const { ref } = got.value;
  const from = cite(got);
  const reason = pendingReason(got.value);
  if (reason !== undefined) {
    const wait = fixes.describe('See what it waits for', ref);
    return [tell('pending', { pod: ref, reason }, { from, fixes: [wait] })];
  }
  if (role.is === 'proxyless') {
    return [tell('proxyless', { pod: ref }, { from, fixes: [fixes.readAgent(ref)] })];
  }
  const proxy = proxyOf(role);
  const state = downState(role);
  if (!proxy || state === undefined) return [];
  return ranOutOfMemory(proxy)
    ? [tell('proxy-killed', { pod: ref, state }, { from })]
    : [tell('proxy-down', { pod: ref, state }, { from, fixes: [fixes.readEnd(ref, proxy.name)] })];
}
