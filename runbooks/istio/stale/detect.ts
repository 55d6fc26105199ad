// Cheap signs that `stale` fits: what istiod knows about the proxy. Nothing in the pod is asked.
import { cite, detector, listed, type Answer, type Sign } from '../../../src/authoring.ts';
import { confirmedStale, notReceived } from '../../../src/model/istio/sync-verdict.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import { proxySync } from '../../../src/facts/istio/proxy-sync.ts';
import type { SyncView } from '../../../src/facts/istio/sync-view.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';

export const detect = detector({
  asks: 'Is its proxy in sync with istiod?',
  rulesOut: 'a proxy out of sync',
  uses: [pod, proxySync],
  gather: async (look, { pod: ref, root, revision }) => {
    const about = await look(pod, { pod: ref });
    // istiod is asked twice about a proxy it does not know, so it is not asked about a pod without one.
    const has = about.kind === 'known' && proxyOf(meshRole(about.value)) !== undefined;
    return { about, sync: has ? await look(proxySync, { pod: ref, root, revision }) : undefined };
  },
  judge: ({ about, sync }) => signOf(about, sync),
});

function signOf(about: Answer<Pod>, sync: Answer<SyncView> | undefined): Sign | undefined {
  if (about.kind !== 'known' || sync?.kind !== 'known') return undefined;
  const proxy = proxyOf(meshRole(about.value));
  if (proxy?.state.is !== 'running' || meshRole(about.value).is === 'proxyless') return undefined;
  const says = trouble(sync.value);
  return says === undefined ? undefined : { says, from: cite(sync, about) };
}

function trouble(view: SyncView): string | undefined {
  const [stream] = view.streams;
  if (!stream) {
    return view.answered.length > 0 ? 'No istiod that answered lists its proxy.' : undefined;
  }
  const rejected = stream.sync.types.filter((t) => t.state === 'ERROR').map((t) => t.type);
  if (rejected.length > 0) return `Its proxy rejected ${listed(rejected)}.`;
  const stale = confirmedStale(view).map((t) => t.type);
  if (stale.length > 0) return `Its proxy has not accepted ${listed(stale)}.`;
  const missing = notReceived(stream).join(' or ');
  return missing === '' ? undefined : `istiod has sent its proxy no ${missing}.`;
}
