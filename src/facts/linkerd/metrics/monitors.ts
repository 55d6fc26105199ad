// Which PodMonitors a Prometheus of the operator uses: those that its selectors select, and none if it has no selector
// (prometheus-operator api/v1: "A null label selector matches no objects"). kube-prometheus-stack
// selects its own release's label unless told otherwise (podMonitorSelectorNilUsesHelmValues).
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { ListQuestion } from '../../../core/question.ts';
import type { Resource } from '../../../core/refs.ts';
import { count } from '../../../core/text.ts';
import { failure, missedPart } from '../../kube/ask.ts';
import { namespaces } from '../../kube/kinds.ts';
import { selects, type Labels, type LabelSelector } from '../../../model/kube/labels.ts';
import { at, labelsAt, list, record, text, texts } from '../../../model/kube/read.ts';

function operated(plural: string, kind: string): Resource {
  return { group: 'monitoring.coreos.com', version: 'v1', plural, kind, namespaced: true };
}
export const podMonitorKind = operated('podmonitors', 'PodMonitor');
export const prometheusKind = operated('prometheuses', 'Prometheus');

export type PodMonitor = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** `undefined`: any namespace. */
  readonly namespaces: readonly string[] | undefined;
  readonly selector: LabelSelector;
  /** Its port, or a regular expression of its relabelling, names the proxy's admin port. */
  readonly ofProxies: boolean;
};
export type Operated = {
  readonly namespace: string;
  readonly name: string;
  /** `undefined`: selects none. */
  readonly monitors: LabelSelector | undefined;
  /** `undefined`: only its own namespace. */
  readonly monitorNamespaces: LabelSelector | undefined;
};
export type Monitors = {
  readonly monitors: readonly PodMonitor[];
  readonly prometheuses: readonly Operated[];
  readonly namespaceLabels: Readonly<Record<string, Labels>> | undefined;
};

const ask = (resource: Resource): ListQuestion => ({ ask: 'list', resource });

export const podMonitors = fact({
  name: 'prometheus/pod-monitors',
  asks: () => 'PodMonitors, and the Prometheus objects that select them',
  byHand: () => kubectl`get podmonitors,prometheuses -A -o yaml`,
  needs: [
    needs(['list'], 'podmonitors.monitoring.coreos.com', 'all'),
    needs(['list'], 'prometheuses.monitoring.coreos.com', 'all'),
    needs(['list'], 'namespaces', 'all'),
  ],
  timeoutMs: 8000,
  fetch: async (ports, _: object, signal): Promise<Fetched<Monitors>> => {
    const kinds = [podMonitorKind, prometheusKind, namespaces];
    const [monitors, servers, spaces] = await Promise.all(
      kinds.map((kind) => ports.ask(ask(kind), signal)),
    );
    // Without the operator its kinds are not served, so there are none.
    if (!monitors?.ok && monitors?.why !== 'absent') {
      return failure(monitors ?? { ok: false, why: 'bug', detail: '' }, ask(podMonitorKind));
    }
    if (!servers?.ok && servers?.why !== 'absent') {
      return failure(servers ?? { ok: false, why: 'bug', detail: '' }, ask(prometheusKind));
    }
    const labels = spaces?.ok
      ? Object.fromEntries(
          spaces.value.items.map((n) => [n.metadata.name, n.metadata.labels ?? {}]),
        )
      : undefined;
    return {
      ok: true,
      missed:
        spaces?.ok === false ? [missedPart('labels of namespaces', spaces, ask(namespaces))] : [],
      value: {
        monitors: monitors.ok ? monitors.value.items.map(readMonitor) : [],
        prometheuses: servers.ok ? servers.value.items.map(readOperated) : [],
        namespaceLabels: labels,
      },
    };
  },
  show: ({ monitors, prometheuses }) => [
    `${count(monitors.length, 'PodMonitor')}; for proxies: ${
      monitors
        .filter(({ ofProxies }) => ofProxies)
        .map(({ namespace, name }) => `${namespace}/${name}`)
        .join(', ') || 'none'
    }`,
    ...prometheuses.map(
      (p) => `Prometheus ${p.namespace}/${p.name} selects ${selectorText(p.monitors)}`,
    ),
  ],
});

function readMonitor(item: KubeObject): PodMonitor {
  const any = at(item.spec, 'namespaceSelector', 'any') === true;
  const named = texts(item.spec, 'namespaceSelector', 'matchNames');
  const own = item.metadata.namespace ?? '';
  return {
    namespace: own,
    name: item.metadata.name,
    labels: item.metadata.labels ?? {},
    namespaces: any ? undefined : named.length > 0 ? named : [own],
    selector: record(item.spec, 'selector'),
    ofProxies: list(item.spec, 'podMetricsEndpoints').some(isOfProxies),
  };
}

/** By port, or by relabelling as in the chart (linkerd2 charts/linkerd-control-plane/templates/podmonitor.yaml). */
function isOfProxies(endpoint: unknown): boolean {
  if (text(endpoint, 'port') === 'linkerd-admin' || at(endpoint, 'portNumber') === 4191)
    return true;
  return list(endpoint, 'relabelings').some(
    (rule) => text(rule, 'action') === 'keep' && /linkerd-admin/.test(text(rule, 'regex') ?? ''),
  );
}

function readOperated({ metadata, spec }: KubeObject): Operated {
  const selector = (key: string) =>
    at(spec, key) === undefined ? undefined : (record(spec, key) as LabelSelector);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    monitors: selector('podMonitorSelector'),
    monitorNamespaces: selector('podMonitorNamespaceSelector'),
  };
}

export type Choice =
  | { readonly is: 'selected' }
  /** `wants`: labels that would be enough, if the selector only compares labels. */
  | { readonly is: 'labels'; readonly wants: Labels }
  | { readonly is: 'namespace' }
  | { readonly is: 'unknown' };

/** Whether a Prometheus selects a PodMonitor, and if not, why. */
export function choice(
  server: Operated,
  monitor: PodMonitor,
  namespaceLabels: Monitors['namespaceLabels'],
): Choice {
  if (server.monitors === undefined) return { is: 'labels', wants: {} };
  if (!selects(server.monitors, monitor.labels)) {
    return { is: 'labels', wants: server.monitors.matchLabels ?? {} };
  }
  if (server.monitorNamespaces === undefined) {
    return monitor.namespace === server.namespace ? { is: 'selected' } : { is: 'namespace' };
  }
  const labels = namespaceLabels?.[monitor.namespace];
  if (Object.keys(labelsAt(server.monitorNamespaces, 'matchLabels')).length === 0) {
    if ((server.monitorNamespaces.matchExpressions ?? []).length === 0) return { is: 'selected' };
  }
  if (labels === undefined) return { is: 'unknown' };
  return selects(server.monitorNamespaces, labels) ? { is: 'selected' } : { is: 'namespace' };
}

/** `release=monitoring`, `everything`, `nothing`. */
export function selectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nothing';
  const pairs = Object.entries(selector.matchLabels ?? {}).map(([k, v]) => `${k}=${v}`);
  const more = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) =>
    `${key} ${operator} ${values.join(',')}`.trim(),
  );
  return [...pairs, ...more].join(', ') || 'everything';
}
