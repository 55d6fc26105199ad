// How `linkerd-metrics` concludes about who should count and who should read: proxies, linkerd-viz, Prometheus, its jobs.
import {
  age,
  cite,
  count,
  listed,
  podText,
  valueOf,
  type Found,
  type Known,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { partOf, prometheusUrl, type Viz } from '../../../../src/facts/linkerd/viz.ts';
import {
  choice,
  selectorText,
  type Monitors,
} from '../../../../src/facts/linkerd/metrics/monitors.ts';
import type { Container } from '../../../../src/model/kube/container.ts';
import { controlPlaneOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import { serversIn, type Covered } from '../checks.ts';
import * as fix from '../fixes.ts';
import { tell } from '../says.ts';
import { groupOf, type View } from '../view.ts';
import { restartedForMemory, troubles, unlabelled, type Trouble } from '../viz-health.ts';

export function ofBare(view: View, all: readonly Covered[]): readonly Found[] {
  const group = groupOf(view, all);
  if (!group) return [];
  const { target, from, verify } = view;
  const rest = view.covered.length - all.length;
  const others =
    rest === 0 ? undefined : `Of the others, ${count(rest, 'pod')}, it is looked at below.`;
  const have = all.length === 1 ? 'has' : 'have';
  const fixes = [fix.seeInjection(target, verify)];
  const hangs = { from, reach: group.rest.reach, about: { target }, goesOn: target, fixes };
  return [tell('not-injected', { who: group.who, have, others }, hangs)];
}

/** linkerd-viz and what it reads. A server that is down explains why nobody answers for the rest. */
export function ofSources(view: View): readonly Found[] {
  const { viz, prometheus } = view.got;
  if (viz?.kind !== 'known' || view.input.prometheus !== undefined) return [];
  const found = [
    ...ofLabels(viz),
    ...troubles(viz.value).flatMap((trouble) => ofTrouble(trouble, viz, view)),
  ];
  const lost = restartedForMemory(viz.value);
  if (lost) {
    const rest = { from: [viz] as const, ...ofMemory(lost.pod, lost.container, view) };
    found.push(tell('history-lost', {}, rest));
  }
  const url = prometheusUrl(viz.value);
  if (valueOf(prometheus)?.service === 'missing' && url !== undefined) {
    const namespace = partOf(viz.value, 'metrics-api')[0]?.ref.namespace ?? 'linkerd-viz';
    const fixes = fix.seePrometheusUrl(namespace);
    const rest = { from: cite(viz, prometheus), about: { namespace }, fixes };
    found.push(tell('prometheus-url-wrong', { url }, rest));
  }
  return found;
}

/** Without the label where viz is, another namespace may have it: both are said. */
function ofLabels(viz: Known<Viz>): readonly Found[] {
  const names = (viz.value.namespaces ?? []).map(({ name }) => name);
  const empty = names.find((name) => !viz.value.pods.some(({ ref }) => ref.namespace === name));
  const from = [viz] as const;
  const lost = unlabelled(viz.value).map((namespace) =>
    tell('viz-label-lost', { namespace }, { from, fixes: [fix.labelViz(namespace)] }),
  );
  if (names.length < 2 || empty === undefined) return lost;
  const slots = { count: `${count(names.length, 'namespace')} (${listed(names)})`, empty };
  return [...lost, tell('viz-doubled', slots, { from, fixes: [fix.unlabelViz(empty)] })];
}

const effects = {
  prometheus: 'Nothing reads the proxies while it is down.',
  'metrics-api':
    'Prometheus may have every figure; `linkerd viz` and the dashboard ask metrics-api for them.',
  tap: '`linkerd viz tap` and `top` fail; the figures of `stat` do not need it.',
  'tap-injector': 'New pods are made without tap; the figures of `stat` do not need it.',
  web: 'The dashboard is not served; `linkerd viz stat` does not need it.',
} as const;

function ofTrouble(trouble: Trouble, viz: Known<Viz>, view: View): readonly Found[] {
  const { part, pod, container, why, outOfMemory } = trouble;
  const from = [viz] as const;
  if (part === 'prometheus' && outOfMemory && pod && container) {
    const rest = { from, ...ofMemory(pod, container, view) };
    return [tell('viz-out-of-memory', { why, grows: growsText(container) }, rest)];
  }
  const isNeeded = part === 'prometheus' || part === 'metrics-api';
  if (!isNeeded && !pod) return [];
  const namespace = pod?.ref.namespace ?? viz.value.namespaces?.[0]?.name ?? 'linkerd-viz';
  const about = { namespace, pod: pod?.ref.name };
  const fixes = [pod ? fix.describePod(pod) : fix.seeDeployments(namespace)];
  const slots = { part, why, effect: effects[part] };
  return [tell(isNeeded ? 'viz-down' : 'viz-part-down', slots, { from, about, fixes })];
}

function growsText({ resources }: Container): string | undefined {
  const limit = resources.limits['memory'];
  return limit && `Its limit is ${limit}; it grows with the number of proxies.`;
}

function ofMemory(pod: Pod, container: Container, { verify }: View) {
  const deployment = pod.workload?.name ?? 'prometheus';
  return {
    about: { namespace: pod.ref.namespace, deployment, container: container.name },
    fixes: [fix.raiseMemory({ namespace: pod.ref.namespace, deployment, container }, verify)],
  };
}

/**
 * Pools of a discovery appear when it has answered, and targets are taken over every five seconds (prometheus
 * scrape/manager.go, discovery/manager.go `updatert`); a busy cluster takes longer.
 */
const startingMs = 30_000;

/** Said where the server is too young for what it lacks to mean anything. */
export function ofStarting(view: View, all: readonly Covered[]): readonly Found[] {
  const { chosen, from, prometheus } = view;
  const group = groupOf(view, all);
  if (!group || chosen?.targets.kind !== 'known') return [];
  const own = chosen.candidate.pod?.containers.find(({ name }) => name === 'prometheus');
  if (own?.state.is !== 'running' || own.state.since === undefined) return [];
  const ageMs = Date.parse(chosen.targets.evidence.at) - Date.parse(own.state.since);
  if (!(ageMs < startingMs)) return [];
  const slots = { who: group.who, prometheus, age: age(ageMs) };
  return [tell('prometheus-starting', slots, { from })];
}

/** Nobody reads any proxy: there is no server, or it has no job for them. */
export function ofMissingServer(view: View): readonly Found[] {
  const { viz, prometheus } = view.got;
  const { target, verify } = view;
  const about = { target };
  const isAlone = serversIn(view.input, view.got).length === 0;
  if (isAlone && viz?.kind === 'known' && prometheus?.kind === 'known') {
    if (viz.value.pods.length > 0 || prometheus.value.service !== 'none') return [];
    const fixes = [fix.installViz('Install linkerd-viz, which brings a Prometheus', verify)];
    const rest = { from: cite(viz, prometheus), about, fixes };
    return [tell('no-prometheus', { place: target }, rest)];
  }
  const chosen = view.chosen?.targets;
  if (chosen?.kind !== 'known' || chosen.value.cut) return [];
  const answer = view.got.gates?.monitors;
  const monitors = valueOf(answer);
  const rest = { from: cite(chosen, answer), sure: answer?.kind === 'known' && view.sure };
  const ignored = monitors && ignoredIn(monitors);
  if (ignored) return [ofIgnored(ignored, view, rest)];
  const [operated] = monitors?.prometheuses ?? [];
  const jobs = chosen.value.pools;
  const slots = {
    prometheus: view.prometheus,
    jobs: jobs === undefined ? 'not known' : listed(jobs.slice(0, 8)) || 'none',
    operator:
      operated &&
      `Prometheus ${podText(operated)} takes PodMonitors that have ${selectorText(operated.monitors)}.`,
  };
  const byHand = fix.installViz('Let linkerd-viz bring a Prometheus that has the job', verify);
  const fixes = [operated ? fix.addPodMonitor(operated, verify) : byHand];
  return [tell('no-job', slots, { ...rest, about, fixes })];
}

/** A PodMonitor of proxies that every Prometheus of the operator leaves out, and why the first of them does. */
function ignoredIn({ monitors, prometheuses, namespaceLabels }: Monitors) {
  const monitor = monitors.find(({ ofProxies }) => ofProxies);
  if (!monitor) return undefined;
  const choices = prometheuses.map((server) => ({
    monitor,
    server,
    why: choice(server, monitor, namespaceLabels),
  }));
  return choices.every(({ why }) => why.is === 'labels' || why.is === 'namespace')
    ? choices[0]
    : undefined;
}
type Ignored = NonNullable<ReturnType<typeof ignoredIn>>;

function ofIgnored(ignored: Ignored, { verify }: View, rest: Pick<Found, 'from' | 'sure'>): Found {
  const { monitor, server, why } = ignored;
  const isNil = why.is === 'labels' && server.monitors === undefined;
  const slots = {
    monitor: podText(monitor),
    server: podText(server),
    wants: why.is === 'labels' ? selectorText(server.monitors) : 'another namespace',
    nil: isNil ? 'It has no podMonitorSelector at all.' : undefined,
  };
  const { namespace, name } = monitor;
  const fixes = [fix.selectMonitor(ignored, verify)];
  return tell('monitor-ignored', slots, { ...rest, about: { namespace, name }, fixes });
}

/** Others are read, so the job is there: what is it that these have not? */
export function ofUndiscovered(view: View, all: readonly Covered[]): readonly Found[] {
  const group = groupOf(view, all);
  if (!group) return [];
  const { first, who, rest } = group;
  const { says: reason, sure } = reasonOf(view, all);
  const slots = { prometheus: view.prometheus, who, reason };
  const does = 'See the labels and ports that the job goes by';
  const fixes = [fix.seePod(does, first, view.verify)];
  return [tell('undiscovered', slots, { ...rest, sure: sure && view.sure, fixes })];
}

type Reason = { readonly says: string; readonly sure: boolean };

function reasonOf(view: View, all: readonly Covered[]): Reason {
  const targets = valueOf(view.chosen?.targets)?.targets ?? [];
  const planes = new Set(targets.flatMap(({ labels }) => labels['control_plane_ns'] ?? []));
  const odd = all.find(({ pod }) => !planes.has(controlPlaneOf(pod) ?? ''));
  if (odd && planes.size > 0) {
    const has = controlPlaneOf(odd.pod);
    const says =
      has === undefined
        ? 'the label linkerd.io/control-plane-ns is missing'
        : `the label linkerd.io/control-plane-ns is ${has}, and what it reads has ${listed([...planes])}`;
    return { says, sure: true };
  }
  const own = all[0]?.pod.ref.namespace ?? '';
  const says = targets.some(({ pod }) => pod?.namespace === own)
    ? `it reads others of ${own}, so the job drops them by a label or a port`
    : `it reads nothing in namespace ${own}`;
  return { says, sure: false };
}
