// How `linkerd-metrics` concludes about who should count and who should read: proxies, linkerd-viz, Prometheus, its jobs.
import {
  age,
  cite,
  count,
  listed,
  placeText,
  valueOf,
  type Seen,
} from '../../../../src/authoring.ts';
import { memoryQuantity, readQuantity } from '../../../../src/model/kube/quantity.ts';
import type { Container } from '../../../../src/model/kube/container.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { controlPlaneOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import { restartedForMemory, troubles, unlabelled, type Trouble } from '../viz-health.ts';
import { partOf, prometheusUrl, type Viz } from '../../../../src/facts/linkerd/viz.ts';
import {
  choice,
  selectorText,
  type Monitors,
  type Operated,
  type PodMonitor,
} from '../../../../src/facts/prometheus/monitors.ts';
import { sayerFor } from '../say.ts';
import { groupSlots, serverText } from '../slots.ts';
import { serversIn, type Judged, type MetricsSay, type View } from '../view.ts';

export function sayBare(view: View, group: readonly Judged[], say: MetricsSay): void {
  if (group.length === 0) return;
  const { who, reach, target, first } = groupSlots(view, group);
  const rest = view.judged.length - group.length;
  const others = rest === 0 ? '' : `Of the others, ${count(rest, 'pod')}, it is looked at below.`;
  const have = group.length === 1 ? 'has' : 'have';
  say('not-injected', { who, have, reach, others, target, first }, ...view.from);
}

/** linkerd-viz and what it reads. A server that is down explains why nobody answers for the rest. */
export function saySources(view: View, say: MetricsSay): void {
  const got = view.sofar.viz;
  if (got?.kind !== 'known' || view.input.prometheus !== undefined) return;
  sayLabels(got.value, got, say);
  for (const trouble of troubles(got.value)) sayTrouble(trouble, got.value, view, say, got);
  const lost = restartedForMemory(got.value);
  if (lost) say('history-lost', memorySlots(lost.pod, lost.container, view), got);
  const found = view.sofar.prometheus;
  const url = prometheusUrl(got.value);
  if (found?.kind === 'known' && found.value.service === 'missing' && url !== undefined) {
    const namespace = partOf(got.value, 'metrics-api')[0]?.ref.namespace ?? 'linkerd-viz';
    const slots = { url, namespace, target: placeText(view.input.target) };
    say('prometheus-url-wrong', slots, ...cite(got, found));
  }
}

function sayLabels(viz: Viz, got: Seen, say: MetricsSay): void {
  for (const namespace of unlabelled(viz)) {
    // Without the label where viz is, another namespace may have it: both are said.
    say('viz-label-lost', { namespace, target: namespace }, got);
  }
  const labelled = viz.namespaces ?? [];
  const empty = labelled.find(({ name }) => !viz.pods.some(({ ref }) => ref.namespace === name));
  if (labelled.length < 2 || !empty) return;
  const names = listed(labelled.map(({ name }) => name));
  say(
    'viz-doubled',
    { count: `${count(labelled.length, 'namespace')} (${names})`, empty: empty.name },
    got,
  );
}

const effects = {
  prometheus: 'Nothing reads the proxies while it is down.',
  'metrics-api':
    'Prometheus may have every figure; `linkerd viz` and the dashboard ask metrics-api for them.',
  tap: '`linkerd viz tap` and `top` fail; the figures of `stat` do not need it.',
  'tap-injector': 'New pods are made without tap; the figures of `stat` do not need it.',
  web: 'The dashboard is not served; `linkerd viz stat` does not need it.',
} as const;

function sayTrouble(trouble: Trouble, viz: Viz, view: View, say: MetricsSay, got: Seen): void {
  const { part, pod, container, why, outOfMemory } = trouble;
  if (part === 'prometheus' && outOfMemory && pod && container) {
    say(
      'viz-out-of-memory',
      { ...memorySlots(pod, container, view), why, grows: grows(container) },
      got,
    );
    return;
  }
  const namespace = pod?.ref.namespace ?? viz.namespaces?.[0]?.name ?? 'linkerd-viz';
  const slots = { part, why, effect: effects[part], namespace, pod: pod?.ref.name ?? '' };
  if (part === 'prometheus' || part === 'metrics-api') say('viz-down', slots, got);
  else if (pod) say('viz-part-down', slots, got);
}

function grows({ resources }: Container): string {
  const limit = resources.limits['memory'];
  return limit === undefined ? '' : `Its limit is ${limit}; it grows with the number of proxies.`;
}

function memorySlots({ ref, workload }: Pod, { name, resources }: Container, view: View) {
  const limit = readQuantity(resources.limits['memory'] ?? '');
  return {
    namespace: ref.namespace,
    deployment: workload?.name ?? 'prometheus',
    container: name,
    raised: limit === undefined ? '' : memoryQuantity(limit * 2),
    target: placeText(view.input.target),
  };
}

/**
 * Pools of a discovery appear when it has answered, and targets are taken over every five seconds (prometheus
 * scrape/manager.go, discovery/manager.go `updatert`); a busy cluster takes longer.
 */
const startingMs = 30_000;

/** Whether the server is too young for what it lacks to mean anything; then that is said. */
export function sayStarting(view: View, group: readonly Judged[], say: MetricsSay): boolean {
  const { chosen } = view;
  if (group.length === 0 || chosen?.targets.kind !== 'known') return false;
  const own = chosen.candidate.pod?.containers.find(({ name }) => name === 'prometheus');
  if (own?.state.is !== 'running' || own.state.since === undefined) return false;
  const ageMs = Date.parse(chosen.targets.evidence.at) - Date.parse(own.state.since);
  if (!(ageMs < startingMs)) return false;
  const { who, prometheus } = groupSlots(view, group);
  say('prometheus-starting', { who, prometheus, age: age(ageMs) }, ...view.from);
  return true;
}

/** Nobody reads any proxy: there is no server, or it has no job for them. */
export function sayNoServer(view: View, say: MetricsSay): void {
  const { viz, prometheus } = view.sofar;
  const place = placeText(view.input.target);
  const servers = serversIn(view.input, view.sofar);
  if (servers.length === 0 && viz?.kind === 'known' && prometheus?.kind === 'known') {
    if (valueOf(viz)?.pods.length === 0 && prometheus.value.service === 'none') {
      say('no-prometheus', { place, target: place }, ...cite(viz, prometheus));
    }
    return;
  }
  const chosen = view.chosen?.targets;
  if (chosen?.kind !== 'known' || chosen.value.cut) return;
  const answer = view.sofar.gates?.monitors;
  const monitors = valueOf(answer);
  const from = cite(chosen, answer);
  const mine = monitors?.monitors.find(({ ofProxies }) => ofProxies);
  const stated = answer?.kind === 'known' ? sayerFor(view, say) : say.likely;
  if (monitors && mine && sayIgnored(view, monitors, mine, stated, from)) return;
  const jobs = chosen.value.pools;
  const operated = monitors?.prometheuses[0];
  const slots = {
    prometheus: serverText(view),
    jobs: jobs === undefined ? 'not known' : listed(jobs.slice(0, 8)) || 'none',
    target: place,
    ...operatorSlots(operated),
  };
  stated('no-job', slots, ...from);
}

function operatorSlots(operated: Operated | undefined) {
  if (!operated) return { operator: '', monitorNamespace: '', labels: '' };
  const labels = Object.entries(operated.monitors?.matchLabels ?? {});
  return {
    operator: `Prometheus ${operated.namespace}/${operated.name} takes PodMonitors that have ${selectorText(operated.monitors)}.`,
    monitorNamespace: operated.namespace,
    labels: labels.map(([key, value]) => `${key}=${value}`).join(','),
  };
}

/** Whether every Prometheus of the operator leaves the PodMonitor out. */
function sayIgnored(
  view: View,
  { prometheuses, namespaceLabels }: Monitors,
  monitor: PodMonitor,
  say: MetricsSay | MetricsSay['likely'],
  from: readonly [Seen, ...Seen[]],
): boolean {
  const choices = prometheuses.map((server) => ({
    server,
    is: choice(server, monitor, namespaceLabels),
  }));
  const [first] = choices;
  if (!first || choices.some(({ is }) => is.is === 'selected' || is.is === 'unknown')) return false;
  const { server, is } = first;
  const byLabel = is.is === 'labels' && Object.keys(is.wants).length > 0;
  const field = is.is === 'labels' ? 'podMonitorSelector' : 'podMonitorNamespaceSelector';
  const before = is.is === 'labels' ? server.monitors : server.monitorNamespaces;
  say(
    'monitor-ignored',
    {
      monitor: `${monitor.namespace}/${monitor.name}`,
      server: `${server.namespace}/${server.name}`,
      wants: is.is === 'labels' ? selectorText(server.monitors) : 'another namespace',
      nil:
        is.is === 'labels' && server.monitors === undefined
          ? 'It has no podMonitorSelector at all.'
          : '',
      namespace: monitor.namespace,
      name: monitor.name,
      label: byLabel ? wanted(is.wants) : '',
      serverNamespace: server.namespace,
      serverName: server.name,
      patch: JSON.stringify({ spec: { [field]: {} } }),
      undo: JSON.stringify({ spec: { [field]: before ?? null } }),
      target: placeText(view.input.target),
    },
    ...from,
  );
  return true;
}

function wanted(labels: Readonly<Record<string, string>>): string {
  const [first] = Object.entries(labels);
  return first ? `${first[0]}=${first[1]}` : '';
}

/** Others are read, so the job is there: what is it that these have not? */
export function sayUndiscovered(view: View, group: readonly Judged[], say: MetricsSay): void {
  if (group.length === 0) return;
  const { who, reach, prometheus, namespace, name, target } = groupSlots(view, group);
  const reason = reasonOf(view, group);
  const slots = { who, reach, prometheus, namespace, name, target, reason: reason.says };
  const stated = reason.sure ? sayerFor(view, say) : say.likely;
  stated('undiscovered', slots, ...view.from);
}

function reasonOf(
  view: View,
  group: readonly Judged[],
): { readonly says: string; readonly sure: boolean } {
  const pods = group.map(({ pod }) => pod);
  const targets = valueOf(view.chosen?.targets)?.targets ?? [];
  const planes = new Set(targets.flatMap(({ labels }) => labels['control_plane_ns'] ?? []));
  const odd = pods.find((pod) => !planes.has(controlPlaneOf(pod) ?? ''));
  if (odd && planes.size > 0) {
    const has = controlPlaneOf(odd);
    const says =
      has === undefined
        ? 'the label linkerd.io/control-plane-ns is missing'
        : `the label linkerd.io/control-plane-ns is ${has}, and what it reads has ${listed([...planes])}`;
    return { says, sure: true };
  }
  const own = pods[0]?.ref.namespace;
  const there = targets.some(({ pod }) => pod?.namespace === own);
  return there
    ? {
        says: `it reads others of ${own ?? ''}, so the job drops them by a label or a port`,
        sure: false,
      }
    : { says: `it reads nothing in namespace ${own ?? ''}`, sure: false };
}
