// What istiod has sent, and what Envoy and the proxy log say about it.
import {
  cite,
  inspect,
  kubectl,
  listed,
  skip,
  stop,
  valueOf,
  type Answer,
  type Found,
  type Known,
  type PodRef,
} from '../../../../src/authoring.ts';
import { envoy as envoyFact } from '../../../../src/facts/istio/envoy.ts';
import { proxyLog } from '../../../../src/facts/istio/proxy-log.ts';
import { proxySync } from '../../../../src/facts/istio/proxy-sync.ts';
import type { Stream, SyncView } from '../../../../src/facts/istio/sync-view.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { meshRole, proxyOf } from '../../../../src/model/istio/mesh-pod.ts';
import {
  confirmedStale,
  firstSent,
  leftovers,
  notReceived,
  sinceText,
  staleText,
} from '../../../../src/model/istio/sync-verdict.ts';
import { proxyName as container } from '../../../../src/model/istio/mesh-pod.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { about, stale, tooYoung } from './pod.ts';

export const sync = stale({
  id: 'sync',
  asks: 'Did the proxy accept what istiod sent?',
  why: 'ERROR, STALE and a missing row are three faults with three different fixes.',
  rulesOut: 'an istiod that never answers',
  uses: [proxySync],
  gather: (look, { pod, root, revision }) => look(proxySync, { pod, root, revision }),
  sees: { about },
  judge: (got, { about }, { pod, root }) => {
    if (got.kind !== 'known') return;
    const { streams, silent, busy } = got.value;
    const from = cite(got);
    const [first] = streams;
    if (!first) {
      if (silent.length + busy.length === 0) return skip('no istiod lists this proxy');
      return [
        ...silent.map((istiod) => {
          const replace = fixes.replaceIstiod(istiod, root, fixes.again(pod));
          const about = { pod, name: istiod };
          return tell('istiod-silent', { istiod }, { from, about, fixes: replace });
        }),
        ...busy.map((istiod) => {
          const look = fixes.readIstiod(istiod, root, fixes.again(pod));
          const about = { pod, name: istiod };
          return tell('istiod-page-silent', { istiod, pod }, { from, about, fixes: look });
        }),
      ];
    }
    return [...halfOpen(got, first, pod), ...incomplete(got, first, about)];
  },
});

function halfOpen(got: Known<SyncView>, { istiod }: Stream, pod: PodRef): readonly Found[] {
  const others = listed(leftovers(got.value).map((stream) => stream.istiod));
  return others === '' ? [] : [tell('half-open', { pod, others, istiod }, { from: cite(got) })];
}

/**
 * Envoy asks for its listeners once its first clusters are warm (source/common/upstream/cluster_manager_impl.cc), so one
 * that waits for a certificate never does, and what it did ask for is in sync.
 */
function incomplete(
  got: Known<SyncView>,
  stream: Stream,
  about: Answer<Pod> | undefined,
): readonly Found[] {
  const types = notReceived(stream).join(' or ');
  if (about?.kind !== 'known' || types === '' || tooYoung(about)) return [];
  const role = meshRole(about.value);
  if (!proxyOf(role) || role.is === 'proxyless') return [];
  const slots = { pod: about.value.ref, types, istiod: stream.istiod };
  return [tell('not-received', slots, { from: cite(got, about) })];
}

export const envoy = stale({
  id: 'envoy',
  asks: 'Is Envoy alive, and what does it report?',
  why: 'To istiod, a frozen Envoy and a lost push look alike, but they need opposite fixes.',
  rulesOut: 'a frozen Envoy',
  uses: [envoyFact],
  after: { about },
  when: ({ about }) => {
    const role = about.kind === 'known' ? meshRole(about.value) : undefined;
    return (role && proxyOf(role) !== undefined) || skip('the pod has no Envoy');
  },
  gather: (look, { pod }) => look(envoyFact, { pod, container, port: 15_000 }),
  sees: { about, sync },
  judge: (got, seen, { pod }) => {
    const value = valueOf(seen.about);
    if (got.kind !== 'known' || !value || got.value.is === 'up') return;
    const young = seen.about && tooYoung(seen.about);
    if (young) return young;
    const from = cite(got, seen.sync);
    if (got.value.is === 'closed') {
      const read = kubectl`logs ${fixes.at(pod)} -c ${container} --tail=50`;
      const see = inspect('Read why Envoy exited', read, fixes.again(pod));
      return [tell('envoy-down', { pod, container }, { from, fixes: [see] }), stop];
    }
    const view = valueOf(seen.sync);
    const late = view ? confirmedStale(view) : [];
    const now = view?.at ?? 0;
    const types =
      late.length > 0
        ? `istiod waits for an answer to ${staleText(late, now)}`
        : 'istiod does not wait for an answer yet';
    const sent = sinceText(firstSent(late), now);
    const since = sent && `${sent}, when istiod sent what Envoy does not answer`;
    return [tell('frozen', { pod, types }, { from, since, fixes: fixes.thaw(value) }), stop];
  },
});

export const log = stale({
  id: 'log',
  asks: 'What does the proxy log say about istiod?',
  why: 'Only the proxy knows why it cannot reach istiod, or why istiod refused it.',
  uses: [proxyLog],
  gather: (look, { pod }) => look(proxyLog, { pod, container }),
});
