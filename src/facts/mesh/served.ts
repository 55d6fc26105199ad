// A kind that a mesh brings along is served wherever that mesh runs. Where the API server says that there is no such kind,
// and the mesh runs all the same, its lists were not read: its CRDs were removed, or something else answers.
import type { Ports, Reply } from '../../core/ports.ts';
import { failed } from '../../core/ports.ts';
import type { Listed, ListQuestion } from '../../core/question.ts';
import type { Resource } from '../../core/refs.ts';
import { pods } from '../kube/kinds.ts';

type Brought = {
  readonly mesh: string;
  readonly kinds: readonly string[];
  /** What runs where the mesh does, by its label; the first of them that there is a pod of proves it. */
  readonly signs: readonly { readonly labels: string; readonly is: string }[];
};

/**
 * Only kinds that every release which still runs brings along: istio manifests/charts/base/files/crd-all.gen.yaml (1.12),
 * linkerd2 charts/linkerd-crds/templates/policy (2.12). Kinds of the Gateway API and rate limits may be missing.
 */
const brought: readonly Brought[] = [
  {
    mesh: 'Istio',
    kinds: [
      ...['VirtualService', 'DestinationRule', 'ServiceEntry', 'Gateway', 'Sidecar', 'EnvoyFilter'],
      ...['AuthorizationPolicy', 'RequestAuthentication', 'PeerAuthentication', 'WasmPlugin'],
    ].map((kind) => `istio.io/${kind}`),
    signs: [
      { labels: 'app=istiod', is: 'istiod' },
      { labels: 'app=ztunnel', is: 'a ztunnel' },
      { labels: 'security.istio.io/tlsMode=istio', is: 'a sidecar' },
    ],
  },
  {
    mesh: 'Linkerd',
    kinds: [
      ...['Server', 'ServerAuthorization', 'AuthorizationPolicy'],
      ...['MeshTLSAuthentication', 'NetworkAuthentication', 'HTTPRoute'],
    ].map((kind) => `linkerd.io/${kind}`),
    signs: [{ labels: 'linkerd.io/control-plane-ns', is: 'Linkerd' }],
  },
];

/** The reply to a list, unless it says that there is no such kind where there must be one. */
export async function ifServed(
  ports: Ports,
  { resource }: ListQuestion,
  reply: Reply<Listed>,
  signal: AbortSignal,
): Promise<Reply<Listed>> {
  if (reply.ok || reply.why !== 'absent') return reply;
  const owner = brought.find(({ kinds }) => kinds.includes(keyOf(resource)));
  if (!owner) return reply;
  const runs = await whatRuns(ports, owner, signal);
  return runs === undefined
    ? reply
    : failed('unreadable', `the API server has no ${resource.kind} of ${owner.mesh}, ${runs}`);
}

/** `undefined` when nothing of the mesh runs: then it has no kinds either. */
async function whatRuns(
  ports: Ports,
  { mesh, signs }: Brought,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = signs.map(({ labels }): ListQuestion => ({
    ask: 'list',
    resource: pods,
    labels,
    limit: 1,
  }));
  const replies = await Promise.all(asked.map((question) => ports.ask(question, signal)));
  for (const [i, { is }] of signs.entries()) {
    const reply = replies[i];
    const pod = reply?.ok ? reply.value.items[0] : undefined;
    if (pod) {
      const where = pod.metadata.namespace ?? '';
      return `although ${is} runs in ${where}: its CRDs were removed, or something else answers`;
    }
  }
  return replies.every((reply) => reply.ok)
    ? undefined
    : `and whether ${mesh} runs could not be asked`;
}

/** `istio.io/Sidecar` for `networking.istio.io`: each of these meshes has several groups. */
function keyOf({ group, kind }: Resource): string {
  return `${group.split('.').slice(-2).join('.')}/${kind}`;
}
