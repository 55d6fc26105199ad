// How `linkerd-metrics` concludes about what should count and what should scrape: proxies, Prometheus, its jobs.
import {
  age,
  cite,
  count,
  inspect,
  listed,
  meshdoc,
  podText,
  valueOf,
  type Found,
} from '../../../../src/authoring.ts';
import {
  choice,
  selectorText,
  type Choice,
  type Monitors,
  type Operated,
  type PodMonitor,
} from '../../../../src/facts/linkerd/metrics/monitors.ts';
import { proxyPool } from '../../../../src/facts/linkerd/metrics/targets.ts';
import { controlPlaneOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import { addPodMonitor, installViz, seePod, seeRelabelling, selectMonitor } from '../fixes.ts';
import { tell } from '../says.ts';
import type { Group, View } from '../view.ts';

export function ofBare({ all, who, target, covered, from, rest, verify }: Group): Found {
  const left = covered.length - all.length;
  const others = left === 0 ? undefined : `See below for the other ${count(left, 'pod')}.`;
  const have = all.length === 1 ? 'has' : 'have';
  const fixes = [
    inspect(
      'Find out why there is no proxy',
      meshdoc`diagnose linkerd-injection ${target}`,
      verify,
    ),
  ];
  const hangs = { from, reach: rest.reach, about: { target }, goesOn: target, fixes };
  return tell('not-injected', { who, have, others }, hangs);
}

/**
 * Scrape pools appear once discovery has answered, and targets are updated every five seconds (prometheus
 * scrape/manager.go, discovery/manager.go `updatert`); a busy cluster takes longer.
 */
const startingMs = 30_000;

/** The server is so young that a missing target proves nothing. */
export function ofStarting({ chosen, who, prometheus, from }: Group): readonly Found[] {
  if (chosen?.targets.kind !== 'known') return [];
  const own = chosen.candidate.pod?.containers.find(({ name }) => name === 'prometheus');
  if (own?.state.is !== 'running' || own.state.since === undefined) return [];
  const ageMs = Date.parse(chosen.targets.evidence.at) - Date.parse(own.state.since);
  if (!(ageMs < startingMs)) return [];
  return [tell('prometheus-starting', { who, prometheus, age: age(ageMs) }, { from })];
}

/** No proxy is scraped: there is no server, or it has no job for them. */
export function ofMissingServer(view: View): readonly Found[] {
  const { got, target, verify } = view;
  const { viz, prometheus } = got;
  if (got.targets?.length === 0 && viz?.kind === 'known' && prometheus?.kind === 'known') {
    if (viz.value.pods.length > 0 || prometheus.value.service !== 'none') return [];
    const fixes = [installViz('Install linkerd-viz, which includes a Prometheus', verify)];
    const rest = { from: cite(viz, prometheus), about: { target }, fixes };
    return [tell('no-prometheus', { place: target }, rest)];
  }
  return ofMissingJob(view);
}

function ofMissingJob(view: View): readonly Found[] {
  const { got, target, verify, prometheus, sure } = view;
  const chosen = view.chosen?.targets;
  if (chosen?.kind !== 'known' || chosen.value.cut) return [];
  const answer = got.gates?.monitors;
  const monitors = valueOf(answer);
  const rest = { from: cite(chosen, answer), sure: answer?.kind === 'known' && sure };
  const ignored = monitors && ignoredIn(monitors);
  if (ignored) return [ofIgnored(ignored, view, rest)];
  const [operated] = monitors?.prometheuses ?? [];
  const jobs = chosen.value.pools;
  const [pool] = jobs?.filter((job) => proxyPool.test(job)) ?? [];
  if (pool !== undefined) {
    const fixes = [seeRelabelling(pool, verify)];
    return [tell('job-empty', { prometheus, pool }, { ...rest, about: { target }, fixes })];
  }
  const slots = {
    prometheus,
    jobs: jobs === undefined ? 'not known' : listed(jobs.slice(0, 8)) || 'none',
    operator:
      operated &&
      `Prometheus ${podText(operated)} selects these PodMonitors: ${selectorText(operated.monitors)}.`,
  };
  const fix = operated
    ? addPodMonitor(operated, verify)
    : installViz('Install linkerd-viz, whose Prometheus has the job', verify);
  return [tell('no-job', slots, { ...rest, about: { target }, fixes: [fix] })];
}

/** A PodMonitor for proxies that every Prometheus of the operator ignores, and why the first of them does. */
function ignoredIn({ monitors, prometheuses, namespaceLabels }: Monitors) {
  const monitor = monitors.find(({ ofProxies }) => ofProxies);
  if (!monitor) return undefined;
  const choices = prometheuses.map((server) => ({
    monitor,
    server,
    why: choice(server, monitor, namespaceLabels),
  }));
  const isLeftOut = choices.every(({ why }) => why.is === 'labels' || why.is === 'namespace');
  return isLeftOut ? choices[0] : undefined;
}
type Ignored = NonNullable<ReturnType<typeof ignoredIn>>;

function ofIgnored(ignored: Ignored, { verify }: View, rest: Pick<Found, 'from' | 'sure'>): Found {
  const { monitor, server, why } = ignored;
  const slots = {
    monitor: podText(monitor),
    reason: `Prometheus ${podText(server)} ${ignoringText(why, server, monitor)}`,
  };
  const { namespace, name } = monitor;
  const fixes = [selectMonitor(ignored, verify)];
  return tell('monitor-ignored', slots, {
    ...rest,
    about: { kind: 'PodMonitor', namespace, name },
    fixes,
  });
}

function ignoringText(why: Choice, { monitors }: Operated, { namespace }: PodMonitor): string {
  if (why.is !== 'labels') return `does not select namespace ${namespace}`;
  return monitors === undefined
    ? 'has no podMonitorSelector'
    : `selects only PodMonitors with ${selectorText(monitors)}`;
}

/** Others are scraped, so the job exists: what do these lack? */
export function ofUndiscovered(group: Group): Found {
  const { prometheus, who, first, rest, verify } = group;
  const { says: reason, sure } = reasonOf(group);
  const fixes = [seePod('See the pod labels and ports that the job filters by', first, verify)];
  const hangs = { ...rest, sure: sure && rest.sure, fixes };
  return tell('undiscovered', { prometheus, who, reason }, hangs);
}

function reasonOf({ chosen, all, first }: Group): {
  readonly says: string;
  readonly sure: boolean;
} {
  const targets = valueOf(chosen?.targets)?.targets ?? [];
  const planes = new Set(targets.flatMap(({ labels }) => labels['control_plane_ns'] ?? []));
  const odd = all.find(({ pod }) => !planes.has(controlPlaneOf(pod) ?? ''));
  if (odd && planes.size > 0) {
    const has = controlPlaneOf(odd.pod);
    const is =
      has === undefined ? 'missing' : `${has}, but scraped pods have ${listed([...planes])}`;
    return { says: `label linkerd.io/control-plane-ns is ${is}`, sure: true };
  }
  const { namespace } = first.ref;
  const says = targets.some(({ pod }) => pod?.namespace === namespace)
    ? `it scrapes other pods in ${namespace}, so the job filters these out by a label or port`
    : `it scrapes nothing in namespace ${namespace}`;
  return { says, sure: false };
}
