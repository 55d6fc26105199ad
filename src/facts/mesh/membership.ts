// Which mesh a pod is in: the proxies in it, and what its namespace and itself ask for.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { GetQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { askedFor, membersOf, meshName } from '../../meshes/signs.ts';
import { failure, getObject, missedPart } from '../kube/ask.ts';
import { ciliumEndpoints, namespaces, pods } from '../kube/kinds.ts';
import { readPod, type Pod } from '../kube/pod.ts';

export type Membership = {
  readonly pod: Pod;
  /** What stands in the pod's way of traffic, or is of the mesh itself: "a native sidecar". */
  readonly members: readonly { readonly mesh: string; readonly as: string }[];
  /** Meshes that the pod or its namespace asks for. */
  readonly asked: readonly string[];
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
        asked: askedFor(about, {
          labels: around?.labels ?? {},
          annotations: around?.annotations ?? {},
        }),
        cilium: endpoint.ok ? 'yes' : endpoint.why === 'absent' ? 'no' : 'unknown',
      },
    };
  },
  show: ({ members, asked, cilium }) => [
    ...members.map(({ mesh, as }) => `${meshName(mesh)}: ${as}`),
    ...(members.length === 0 ? ['no proxy of a mesh'] : []),
    ...asked.map((mesh) => `asked for: ${meshName(mesh)}`),
    ...(cilium === 'yes' ? ['connected by Cilium'] : []),
  ],
});
