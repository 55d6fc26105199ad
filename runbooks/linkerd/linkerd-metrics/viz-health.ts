// What is wrong with linkerd-viz itself. Its Prometheus keeps six hours in memory and an emptyDir, so a restart loses them
// (linkerd2 viz/charts/linkerd-viz/values.yaml prometheus).
import type { Container } from '../../../src/model/kube/container.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { stateText } from '../../../src/model/kube/container.ts';
import { partOf, prometheusUrl, type Viz } from '../../../src/facts/linkerd/viz.ts';

export type VizPart = 'prometheus' | 'metrics-api' | 'tap' | 'tap-injector' | 'web';
export type Trouble = {
  readonly part: VizPart;
  readonly pod: Pod | undefined;
  readonly container: Container | undefined;
  /** As a clause: "its container prometheus waits: CrashLoopBackOff". */
  readonly why: string;
  readonly outOfMemory: boolean;
};

export const parts: readonly VizPart[] = [
  'prometheus',
  'metrics-api',
  'tap',
  'tap-injector',
  'web',
];

/** Of each part whose pods are all down. */
export function troubles(all: Viz): readonly Trouble[] {
  if (all.pods.length === 0) return [];
  return parts.flatMap((part) => {
    const pods = partOf(all, part).filter(({ deleting }) => !deleting);
    if (pods.length === 0) return isExpected(part, all) ? [missing(part)] : [];
    if (pods.some(({ ready }) => ready)) return [];
    return pods.slice(0, 1).map((pod) => troubleOf(part, pod));
  });
}

/** A Prometheus of one's own is what `prometheus.enabled=false` is for. */
function isExpected(part: VizPart, all: Viz): boolean {
  if (part === 'metrics-api') return true;
  return part === 'prometheus' && (prometheusUrl(all) ?? '').includes('//prometheus.');
}

function missing(part: VizPart): Trouble {
  const why = 'it has no pod';
  return { part, pod: undefined, container: undefined, why, outOfMemory: false };
}

function troubleOf(part: VizPart, pod: Pod): Trouble {
  const down = pod.containers.find((c) => c.role !== 'init' && !c.ready);
  const outOfMemory = down !== undefined && isOutOfMemory(down);
  if (pod.unscheduled !== undefined) {
    const why = `no node takes it: ${pod.unscheduled}`;
    return { part, pod, container: down, why, outOfMemory };
  }
  const killed = outOfMemory ? ', last killed for memory (OOMKilled)' : '';
  const why = down
    ? `its container ${down.name} is ${stateText(down.state)}${killed}`
    : 'it is not ready';
  return { part, pod, container: down, why, outOfMemory };
}

export function isOutOfMemory({ state, last }: Container): boolean {
  return [state, last].some((one) => one.is === 'terminated' && one.reason === 'OOMKilled');
}

/** A server that runs again and lost what it knew. */
export function restartedForMemory(
  all: Viz,
): { readonly pod: Pod; readonly container: Container } | undefined {
  for (const pod of partOf(all, 'prometheus')) {
    const container = pod.containers.find((c) => c.role === 'main' && c.ready && isOutOfMemory(c));
    if (container) return { pod, container };
  }
  return undefined;
}

/** Namespaces that hold viz and do not say so. */
export function unlabelled({ namespaces, pods }: Viz): readonly string[] {
  if (namespaces === undefined) return [];
  const said = new Set(namespaces.map(({ name }) => name));
  const here = parts.flatMap((part) => partOf({ namespaces, pods }, part));
  return [...new Set(here.map(({ ref }) => ref.namespace))].filter((name) => !said.has(name));
}
