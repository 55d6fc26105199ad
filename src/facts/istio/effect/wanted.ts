// What the evaluator asks for after a first look: the workloads and Services of a few more namespaces.
import type { Missed } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { Ports } from '../../../core/ports.ts';
import type { ListQuestion } from '../../../core/question.ts';
import type { Resource } from '../../../core/refs.ts';
import { missedPart } from '../../kube/ask.ts';
import { pods, services } from '../../kube/kinds.ts';
import { readPod } from '../../kube/pod.ts';
import { ifServed } from '../../mesh/served.ts';
import { labels } from '../../../model/kube/loose.ts';
import { meshRole } from '../../../model/istio/mesh-pod.ts';
import type { KnownIn, Scene, Wants, Workload } from '../../../model/istio/effect/scene.ts';
import { workloadEntries } from '../kinds.ts';

const mostNamespaces = 6;

/** The scene with what was wanted, as far as it could be read. */
export async function addWanted(
  ports: Ports,
  scene: Scene,
  wants: Wants,
  signal: AbortSignal,
): Promise<{ readonly scene: Scene; readonly missed: readonly Missed[] }> {
  const [added, found] = await Promise.all([
    listEach(ports, services, wants.services, signal),
    workloadsIn(ports, wants.workloads, signal),
  ]);
  return {
    scene: {
      ...scene,
      services: [...scene.services, ...added.items],
      servicesKnownIn: both(scene.servicesKnownIn, added.known),
      workloads: [...(scene.workloads ?? []), ...found.workloads],
      workloadsKnownIn: both(scene.workloadsKnownIn ?? [], found.known),
    },
    missed: [...added.missed, ...found.missed],
  };
}

async function workloadsIn(ports: Ports, namespaces: readonly string[], signal: AbortSignal) {
  const [ofPods, ofEntries] = await Promise.all([
    listEach(ports, pods, namespaces, signal),
    listEach(ports, workloadEntries, namespaces, signal),
  ]);
  return {
    workloads: [...ofPods.items.flatMap(fromPod), ...ofEntries.items.map(fromEntry)],
    known: ofPods.known.filter((namespace) => ofEntries.known.includes(namespace)),
    missed: [...ofPods.missed, ...ofEntries.missed],
  };
}

/** A pod that has finished or is on its way out serves nobody. */
function fromPod(object: KubeObject): Workload[] {
  const pod = readPod(object);
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return [];
  const { is } = meshRole(pod);
  return [
    {
      namespace: pod.ref.namespace,
      name: pod.ref.name,
      labels: pod.labels,
      ready: pod.ready,
      proxy: is === 'sidecar' || is === 'gateway' ? is : 'none',
    },
  ];
}

// istio/istio pilot/pkg/serviceregistry/serviceentry/conversion.go convertWorkloadEntryToWorkloadInstance: its labels
// are those of its spec and of the object.
function fromEntry({ metadata, spec }: KubeObject): Workload {
  const { name, namespace = '' } = metadata;
  const all = { ...metadata.labels, ...labels(spec, 'labels') };
  return { namespace, name, labels: all, ready: true, proxy: 'sidecar' };
}

type Each = {
  readonly items: readonly KubeObject[];
  readonly known: readonly string[];
  readonly missed: readonly Missed[];
};

async function listEach(
  ports: Ports,
  resource: Resource,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Each> {
  const replies = await Promise.all(
    namespaces.slice(0, mostNamespaces).map(async (namespace) => {
      const question: ListQuestion = { ask: 'list', resource, namespace };
      const reply = await ports.ask(question, signal);
      return { namespace, question, reply: await ifServed(ports, question, reply, signal) };
    }),
  );
  // Without the type there is none of it.
  const has = replies.filter(({ reply }) => reply.ok || reply.why === 'absent');
  return {
    items: replies.flatMap(({ reply }) => (reply.ok ? [...reply.value.items] : [])),
    known: has.map(({ namespace }) => namespace),
    missed: replies.flatMap(({ namespace, question, reply }) =>
      reply.ok || reply.why === 'absent'
        ? []
        : [missedPart(`${resource.plural} in ${namespace}`, reply, question)],
    ),
  };
}

function both(known: KnownIn, more: readonly string[]): KnownIn {
  return known === 'all' ? known : [...known, ...more];
}
