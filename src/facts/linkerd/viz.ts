// linkerd-viz: which namespace is labelled as viz, which of its pods run, and which Prometheus it reads. Its namespace can
// have any name; the label marks it (linkerd2 viz/charts/linkerd-viz/templates/namespace-metadata.yaml, namespace.yaml).
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure, missedPart } from '../kube/ask.ts';
import { namespaces, pods } from '../kube/kinds.ts';
import { containerLine } from '../../model/kube/container.ts';
import { readPod, type Pod } from '../kube/pod.ts';

export type Viz = {
  /** Namespaces with the label; `undefined` if they could not be listed. */
  readonly namespaces: readonly VizNamespace[] | undefined;
  readonly pods: readonly Pod[];
};
export type VizNamespace = {
  readonly name: string;
  /** `viz.linkerd.io/external-prometheus`, if viz has no Prometheus of its own. */
  readonly external: string | undefined;
};

export const vizLabel = 'linkerd.io/extension';
const selector = `${vizLabel}=viz`;
const namespaceQuestion: ListQuestion = { ask: 'list', resource: namespaces, labels: selector };
const podQuestion: ListQuestion = { ask: 'list', resource: pods, labels: selector };

export const viz = fact({
  name: 'linkerd/viz',
  asks: () => 'namespaces and pods of linkerd-viz',
  byHand: () => kubectl`get namespaces,pods -A -l ${selector}`,
  needs: [needs(['list'], 'namespaces', 'all'), needs(['list'], 'pods', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, _: object, signal): Promise<Fetched<Viz>> => {
    const [ns, found] = await Promise.all([
      ports.ask(namespaceQuestion, signal),
      ports.ask(podQuestion, signal),
    ]);
    if (!found.ok) return failure(found, podQuestion);
    return {
      ok: true,
      missed: ns.ok ? [] : [missedPart('namespaces of linkerd-viz', ns, namespaceQuestion)],
      value: {
        namespaces: ns.ok ? ns.value.items.map(readNamespace) : undefined,
        pods: found.value.items.map(readPod),
      },
    };
  },
  show: ({ namespaces: found, pods: all }) => [
    ...(found === undefined
      ? []
      : [`namespaces with ${selector}: ${found.map(({ name }) => name).join(', ') || 'none'}`]),
    ...(all.length === 0 ? ['no pods of linkerd-viz'] : all.map(podLine)),
  ],
});

function readNamespace({ metadata }: KubeObject): VizNamespace {
  const external = metadata.annotations?.['viz.linkerd.io/external-prometheus'];
  return { name: metadata.name, external };
}

function podLine({ ref, containers }: Pod): string {
  const own = containers.filter(({ role }) => role !== 'init').map(containerLine);
  return `${ref.namespace}/${ref.name}: ${own.join('; ')}`;
}

/** Pods of one part: metrics-api, prometheus, tap, tap-injector, web. */
export function partOf({ pods: all }: Viz, component: string): readonly Pod[] {
  return all.filter(({ labels }) => labels['component'] === component);
}

/** The address that metrics-api reads (linkerd2 viz/charts/linkerd-viz/templates/metrics-api.yaml `-prometheus-url`). */
export function prometheusUrl(all: Viz): string | undefined {
  const args = partOf(all, 'metrics-api').flatMap(({ containers }) =>
    containers.flatMap(({ args: given }) => given),
  );
  const flag = args.map((arg) => /^--?prometheus-url=(.+)$/.exec(arg)?.[1]).find(Boolean);
  return flag ?? all.namespaces?.map(({ external }) => external).find(Boolean);
}

/** The Service behind an address inside the cluster: `http://prometheus.linkerd-viz.svc.cluster.local:9090`. */
export function serviceOf(
  url: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const host = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^:/]+)/.exec(url)?.[1] ?? '';
  const [name = '', namespace = '', ...rest] = host.split('.');
  const inside = rest.length === 0 || rest[0] === 'svc';
  const isName = (text: string) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
  return inside && isName(name) && isName(namespace) ? { namespace, name } : undefined;
}
