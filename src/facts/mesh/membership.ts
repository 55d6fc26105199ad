// Which mesh a pod is in: the proxies in it, and what its namespace and itself ask for.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { GetQuestion } from '../../core/question.ts';
import { podText, resourceName, type PodRef } from '../../core/refs.ts';
import { meshes } from '../../meshes/meshes.ts';
import { askedFor, meantBy, membersOf, meshName } from '../../meshes/signs.ts';
import { failure, getObject, missedPart } from '../kube/ask.ts';
import { namespaces, pods } from '../kube/kinds.ts';
import { readPod, type Pod } from '../kube/pod.ts';

export type Membership = {
  readonly pod: Pod;
  /** What stands in the pod's way of traffic, or is of the mesh itself: "a native sidecar". */
  readonly members: readonly { readonly mesh: string; readonly as: string }[];
  /** Meshes that the pod or its namespace asks for. */
  readonly asked: readonly string[];
  /** Meshes that the pod or its namespace speaks of, though perhaps in a way that no mesh reads. */
  readonly meant: readonly string[];
  /** Meshes that have an object for the pod; those that may not be asked, which is the rule where there is none, are not there. */
  readonly connected: readonly string[];
};

/** Meshes that show themselves in no pod. */
const byObject = meshes.flatMap(({ id, title, objectPerPod: kind }) =>
  kind ? [{ id, title, kind }] : [],
);

export const membership = fact({
  name: 'mesh/membership',
  asks: ({ pod }: { pod: PodRef }) => `the meshes that ${podText(pod)} is in`,
  byHand: ({ pod }) => kubectl`get pod ${pod.name} -n ${pod.namespace} -o yaml`,
  needs: [
    needs(['get'], 'pods', 'target'),
    needs(['get'], 'namespaces', 'all'),
    ...byObject.map(({ title, kind }) =>
      needs(['get'], resourceName(kind), 'target', {
        optional: `tells whether ${title} connects the pod`,
      }),
    ),
  ],
  timeoutMs: 10_000,
  fetch: async (ports, { pod: { namespace, name } }, signal): Promise<Fetched<Membership>> => {
    const [pod, home, ...objects] = await Promise.all([
      getObject(ports, pods, name, namespace, signal),
      getObject(ports, namespaces, namespace, undefined, signal),
      ...byObject.map(({ kind }) => getObject(ports, kind, name, namespace, signal)),
    ]);
    const ask = (resource: GetQuestion['ref']['resource'], of: string, within?: string) =>
      ({ ask: 'get', ref: { resource, name: of, namespace: within } }) as const;
    if (!pod.ok) return failure(pod, ask(pods, name, namespace));
    const about = readPod(pod.value);
    const { labels = {}, annotations = {} } = home.ok ? home.value.metadata : {};
    return {
      ok: true,
      missed:
        home.ok || home.why === 'absent'
          ? []
          : [missedPart(`the labels of namespace ${namespace}`, home, ask(namespaces, namespace))],
      without: byObject.map(({ kind }) => ask(kind, name, namespace)),
      value: {
        pod: about,
        members: membersOf(about),
        asked: askedFor(about, { labels, annotations }),
        meant: [...meantBy(labels, annotations), ...meantBy(about.labels, about.annotations)],
        connected: byObject.flatMap(({ id }, i) => (objects[i]?.ok ? [id] : [])),
      },
    };
  },
  show: ({ members, asked, connected }) => [
    ...members.map(({ mesh, as }) => `${meshName(mesh)}: ${as}`),
    ...(members.length === 0 ? ['no proxy of a mesh'] : []),
    ...asked.map((mesh) => `asked for: ${meshName(mesh)}`),
    ...connected.map((mesh) => `connected by ${meshName(mesh)}`),
  ],
});
