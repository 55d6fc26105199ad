// Which mesh a pod is in: the proxies in it, and what its namespace and itself ask for.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { GetQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { meshRole, type MeshRole } from '../../model/istio/mesh-pod.ts';
import { failure, getObject, missedPart } from '../kube/ask.ts';
import { ciliumEndpoints, namespaces, pods } from '../kube/kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { readPod, type Pod } from '../kube/pod.ts';
import { linkerdRole, type LinkerdRole } from '../../model/linkerd/mesh-pod.ts';

export const meshes = ['istio', 'linkerd', 'consul', 'cilium'] as const;
export type Mesh = (typeof meshes)[number];
export const meshName: Readonly<Record<Mesh, string>> = {
  istio: 'Istio',
  linkerd: 'Linkerd',
  consul: 'Consul',
  cilium: 'Cilium',
};

export type Membership = {
  readonly pod: Pod;
  /** What stands in the pod's way of traffic, or is of the mesh itself: "a native sidecar". */
  readonly members: readonly { readonly mesh: Mesh; readonly as: string }[];
  /** Meshes that the pod or its namespace asks for. */
  readonly asked: readonly Mesh[];
  /** Whether Cilium connects the pod; `unknown` where that may not be asked, which is the rule without Cilium. */
  readonly cilium: 'yes' | 'no' | 'unknown';
};

export const membership = fact({
  name: 'mesh/membership',
  asks: ({ pod }: { pod: PodRef }) => `the meshes that ${podText(pod)} is in`,
  byHand: ({ pod }) => kubectl`get pod ${pod.name} -n ${pod.namespace} -o yaml`,
  needs: [
    needs(['get'], 'pods', 'target'),
    needs(['get'], 'namespaces', 'all'),
    needs(['get'], 'ciliumendpoints.cilium.io', 'target', {
      optional: 'tells whether Cilium connects the pod',
    }),
  ],
  timeoutMs: 10_000,
  fetch: async (ports, { pod: { namespace, name } }, signal): Promise<Fetched<Membership>> => {
    const [pod, home, endpoint] = await Promise.all([
      getObject(ports, pods, name, namespace, signal),
      getObject(ports, namespaces, namespace, undefined, signal),
      getObject(ports, ciliumEndpoints, name, namespace, signal),
    ]);
    const ask = (resource: GetQuestion['ref']['resource'], of: string, within?: string) =>
      ({ ask: 'get', ref: { resource, name: of, namespace: within } }) as const;
    if (!pod.ok) return failure(pod, ask(pods, name, namespace));
    const about = readPod(pod.value);
    const around = home.ok ? home.value.metadata : undefined;
    return {
      ok: true,
      missed:
        home.ok || home.why === 'absent'
          ? []
          : [missedPart(`the labels of namespace ${namespace}`, home, ask(namespaces, namespace))],
      without: [ask(ciliumEndpoints, name, namespace)],
      value: {
        pod: about,
        members: membersOf(about),
        asked: askedFor(about, around?.labels ?? {}, around?.annotations ?? {}),
        cilium: endpoint.ok ? 'yes' : endpoint.why === 'absent' ? 'no' : 'unknown',
      },
    };
  },
  show: ({ members, asked, cilium }) => [
    ...members.map(({ mesh, as }) => `${meshName[mesh]}: ${as}`),
    ...(members.length === 0 ? ['no proxy of a mesh'] : []),
    ...asked.map((mesh) => `asked for: ${meshName[mesh]}`),
    ...(cilium === 'yes' ? ['connected by Cilium'] : []),
  ],
});

export function membersOf(pod: Pod): Membership['members'] {
  const istio = ofIstio(meshRole(pod));
  const linkerd = ofLinkerd(linkerdRole(pod));
  const consul = ofConsul(pod);
  return [
    ...(istio === undefined ? [] : [{ mesh: 'istio' as const, as: istio }]),
    ...(linkerd === undefined ? [] : [{ mesh: 'linkerd' as const, as: linkerd }]),
    ...(consul === undefined ? [] : [{ mesh: 'consul' as const, as: consul }]),
  ];
}

function ofIstio(role: MeshRole): string | undefined {
  switch (role.is) {
    case 'sidecar':
      return role.native ? 'a native sidecar' : 'a sidecar';
    case 'ambient':
      return 'ambient mode';
    case 'none':
      return undefined;
    case 'control-plane':
      return 'the control plane';
    default:
      return `a ${role.is}`;
  }
}

function ofLinkerd(role: LinkerdRole): string | undefined {
  if (role.is === 'none') return undefined;
  if (role.is === 'control-plane') return `the control plane (${role.component})`;
  return role.native ? 'a native sidecar' : 'a sidecar';
}

/** consul-k8s control-plane/connect-inject/webhook/consul_dataplane_sidecar.go; since 1.7 it may be a native sidecar. */
function ofConsul({ containers }: Pod): string | undefined {
  const proxy = containers.find((c) => c.name === 'consul-dataplane' && c.role !== 'init');
  return proxy && (proxy.role === 'sidecar' ? 'a native sidecar' : 'a sidecar');
}

/** istio pkg/kube/inject and charts; linkerd2 pkg/inject/report.go; consul-k8s mesh_webhook.go shouldInject. */
export function askedFor(pod: Pod, labels: Labels, annotations: Labels): readonly Mesh[] {
  const istio =
    labels['istio-injection'] === 'enabled' ||
    labels['istio.io/rev'] !== undefined ||
    labels['istio.io/dataplane-mode'] === 'ambient' ||
    pod.labels['istio.io/dataplane-mode'] === 'ambient' ||
    pod.labels['sidecar.istio.io/inject'] === 'true';
  const inject = pod.annotations['linkerd.io/inject'] ?? annotations['linkerd.io/inject'];
  return [
    ...(istio ? (['istio'] as const) : []),
    ...(inject === 'enabled' || inject === 'ingress' ? (['linkerd'] as const) : []),
    ...(pod.annotations['consul.hashicorp.com/connect-inject'] === 'true'
      ? (['consul'] as const)
      : []),
  ];
}
