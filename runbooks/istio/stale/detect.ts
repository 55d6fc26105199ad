// The cheap signs that `stale` fits: the proxy's state at istiod, nothing inside the pod.
import { cite, detector, listed, type Answer, type Sign } from '../../../src/authoring.ts';
import { confirmedStale } from '../../../src/model/istio/sync-verdict.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import { proxySync } from '../../../src/facts/istio/proxy-sync.ts';
import type { SyncView } from '../../../src/facts/istio/sync-view.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';

export const detect = detector({
  asks: 'Is its proxy in sync with istiod?',
  rulesOut: 'a proxy that is not in sync',
  uses: [pod, proxySync],
  gather: async (look, { pod: ref, root, revision }) => {
    const about = await look(pod, { pod: ref });
    // istiod is asked twice about a proxy it does not know: not about a pod that has none.
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
    return view.answered.length > 0 ? 'No istiod that answered knows its proxy.' : undefined;
  }
  const refused = stream.sync.types.filter((t) => t.state === 'ERROR').map((t) => t.type);
  if (refused.length > 0) return `Its proxy refused ${listed(refused)}.`;
  const stale = confirmedStale(view).map((t) => t.type);
  return stale.length > 0 ? `Its proxy has not accepted ${listed(stale)}.` : undefined;
}
