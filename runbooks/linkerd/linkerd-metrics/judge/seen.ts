// How `linkerd-metrics` concludes about proxies that are read: no HTTP among what they count, or figures that nobody is shown.
import { cite, count, valueOf, type Seen } from '../../../../src/authoring.ts';
import type { Fate } from '../fate.ts';
import { ofInstance } from '../fate.ts';
import { inbound, type PortTraffic } from '../own.ts';
import { opaqueAnnotation, opaqueness, skipAnnotation, skippedPorts, without } from '../ports.ts';
import { lacksTap } from '../../../../src/facts/linkerd/metrics/tap.ts';
import { partOf } from '../../../../src/facts/linkerd/viz.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { sayerFor } from '../say.ts';
import { groupSlots, whoText } from '../slots.ts';
import type { Closer, Judged, MetricsSay, View } from '../view.ts';

type From = readonly [Seen, ...Seen[]];

export function sayUnlabelled(view: View, group: readonly Judged[], say: MetricsSay): void {
  const fate = group[0]?.fate;
  if (fate?.is !== 'unlabelled') return;
  const slots = { ...groupSlots(view, group), missing: fate.missing.join(' and ') };
  sayerFor(view, say)('labels-dropped', slots, ...view.from);
}

/** Why a proxy that is read has no HTTP to show; no traffic is no fault. */
export function sayQuiet(view: View, group: readonly Judged[], say: MetricsSay): void {
  const stated = sayerFor(view, say);
  const left = group.filter((one) => !saySkipped(view, one, group, stated));
  const closer = (view.sofar.closer ?? []).filter(({ pod }) => left.some((one) => one.pod === pod));
  const told = new Set<string>();
  for (const one of closer) {
    const mine = left.filter(({ pod }) => pod.workload?.name === one.pod.workload?.name);
    const key = one.pod.workload?.name ?? one.pod.ref.name;
    if (told.has(key)) continue;
    if (sayTraffic(view, one, mine, stated)) told.add(key);
  }
}

function saySkipped(
  view: View,
  { pod }: Judged,
  group: readonly Judged[],
  say: MetricsSay,
): boolean {
  const [port] = skippedPorts(pod);
  if (port === undefined) return false;
  const mine = group.filter((one) => one.pod.workload?.name === pod.workload?.name);
  // Once for all pods of the workload.
  if (mine[0]?.pod !== pod) return true;
  say('skipped-port', { ...annotated(view, mine, pod, skipAnnotation, port), port }, ...view.from);
  return true;
}

function annotated(view: View, group: readonly Judged[], pod: Pod, key: string, port: number) {
  const before = pod.annotations[key] ?? '';
  return { ...groupSlots(view, group), key, before, value: without(before, port) };
}

function sayTraffic(view: View, one: Closer, mine: readonly Judged[], say: MetricsSay): boolean {
  const got = valueOf(one.metrics);
  const traffic = got?.is === 'answered' ? inbound(got.metrics) : [];
  const from = cite(...view.from, one.metrics, one.words);
  const slots = groupSlots(view, mine);
  const requests = traffic.reduce((all, port) => all + port.requests, 0);
  if (requests > 0) {
    const counted = count(requests, 'request');
    say.likely('series-dropped', { ...slots, requests: counted }, ...from);
    return true;
  }
  const unread = traffic.filter(({ connections }) => connections > 0);
  if (unread.some((port) => sayUnread(view, port, one, mine, say, from))) return true;
  const line = valueOf(one.words)?.timedOut;
  if (line === undefined || unread.length === 0) return false;
  say('speaks-first', { ...slots, line: line.trim() }, ...from);
  return true;
}

/** A port whose connections the proxy passes on unread. An ordinary one of TCP alone is no fault. */
function sayUnread(
  view: View,
  { port, ownTls, sni, connections }: PortTraffic,
  { pod }: Closer,
  mine: readonly Judged[],
  say: MetricsSay,
  from: From,
): boolean {
  if (ownTls > 0) {
    const named = sni === undefined ? '' : ` (for ${sni})`;
    say('own-tls', { ...groupSlots(view, mine), port, sni: named, connections }, ...from);
    return true;
  }
  if (opaqueness(pod, port) !== 'annotated') return false;
  say('opaque-port', { ...annotated(view, mine, pod, opaqueAnnotation, port), port }, ...from);
  return true;
}

export function sayPresent(view: View, group: readonly Judged[], say: MetricsSay): void {
  if (group.length === 0) return;
  sayCallers(view, group, say);
  sayPending(view, group, say);
  sayInterval(view, group, say);
  sayTap(view, group, say);
  const check = view.sofar.viewer?.check;
  if (check?.kind !== 'known') return;
  const bad = check.value.find(
    ({ result, category, error }) =>
      result === 'error' && category.startsWith('linkerd-viz') && !isOwnRights(error),
  );
  if (!bad) return;
  const { error, description } = bad;
  say.likely(
    'viewer-fails',
    { error: error.replace(/\.$/, ''), description },
    ...cite(check, ...view.from),
  );
}

/** The check looks with the rights of whoever runs it: what these forbid is no fault of the viewer. */
const isOwnRights = (error: string): boolean => / is forbidden: User /.test(error);

function sayCallers(view: View, group: readonly Judged[], say: MetricsSay): void {
  const closer = (view.sofar.closer ?? []).filter(({ pod }) =>
    group.some((one) => one.pod === pod),
  );
  for (const { pod, metrics } of closer) {
    const got = valueOf(metrics);
    const ports = got?.is === 'answered' ? inbound(got.metrics) : [];
    const all = ports.filter(({ requests }) => requests > 0);
    if (all.length > 0 && all.every(({ requests, unmeshed }) => unmeshed === requests)) {
      say('callers-unmeshed', { who: whoText([pod]) }, ...cite(...view.from, metrics));
    }
  }
}

function sayPending(view: View, group: readonly Judged[], say: MetricsSay): void {
  const responses = valueOf(view.sofar.series)?.responses;
  if (!responses) return;
  const open = group.filter(({ fate }) => {
    const target = targetIn(fate);
    return target !== undefined && ofInstance(responses, target).length === 0;
  });
  if (open.length === 0) return;
  say('responses-pending', { who: whoText(open.map(({ pod }) => pod)) }, ...view.from);
}

function targetIn(fate: Fate) {
  return fate.is === 'present' ? fate.target : undefined;
}

/** Two readings must fall into the minute that `stat` looks at. */
function sayInterval(view: View, group: readonly Judged[], say: MetricsSay): void {
  const [interval] = group.flatMap(({ fate }) => targetIn(fate)?.interval ?? []);
  if (interval === undefined || secondsOf(interval) <= 30) return;
  const { prometheus, namespace } = groupSlots(view, group);
  say('scrapes-too-rare', { prometheus, namespace, interval }, ...view.from);
}

/** `10s`, `1m30s` (Prometheus model.Duration). */
export function secondsOf(interval: string): number {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  const parts = [...interval.matchAll(/(?<!\d)(\d+)(ms|[smhd])/g)];
  return parts.reduce((all, [, n, unit = 's']) => all + Number(n) * (units[unit] ?? 0), 0);
}

function sayTap(view: View, group: readonly Judged[], say: MetricsSay): void {
  const viz = view.sofar.viz;
  if (viz?.kind !== 'known' || partOf(viz.value, 'tap').length === 0) return;
  const blind = group.filter(({ pod }) => lacksTap(pod));
  if (blind.length > 0) say('tap-missing', groupSlots(view, blind), ...cite(...view.from, viz));
  const tap = view.sofar.viewer?.tap;
  if (tap?.kind === 'known' && tap.value.why !== undefined)
    say('tap-down', { why: tap.value.why }, tap);
}
