// How `linkerd-metrics` concludes about proxies that are read: no HTTP among what they count, or figures that nobody is shown.
import { cite, count, valueOf, type Command, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { lacksTap } from '../../../../src/facts/linkerd/metrics/tap.ts';
import { partOf } from '../../../../src/facts/linkerd/viz.ts';
import type { Closer, Covered } from '../checks.ts';
import { ofInstance, type At } from '../coverage.ts';
import * as fix from '../fixes.ts';
import { opaqueAnnotation, opaqueness, skipAnnotation, skippedPorts, without } from '../ports.ts';
import { tell } from '../says.ts';
import { inbound, type PortTraffic } from '../traffic.ts';
import { closerOf, groupOf, whoText, type Group, type View } from '../view.ts';

export function ofUnlabelled(
  view: View,
  all: readonly Covered<At<'unlabelled'>>[],
): readonly Found[] {
  const group = groupOf(view, all);
  const missing = all[0]?.coverage.missing.join(' and ');
  if (!group) return [];
  const rest = { ...group.rest, fixes: [fix.compareJobs(view.verify)] };
  return [tell('labels-dropped', { prometheus: view.prometheus, who: group.who, missing }, rest)];
}

/** Why a proxy that is read has no HTTP to show; no traffic is no fault. */
export function ofQuiet(view: View, all: readonly Covered[]): readonly Found[] {
  const isSkipped = ({ pod }: Covered) => skippedPorts(pod).length > 0;
  const left = all.filter((one) => !isSkipped(one));
  const told = new Map<string, Found>();
  for (const one of closerOf(view, left)) {
    const key = one.pod.workload?.name ?? one.pod.ref.name;
    const found = told.has(key) ? undefined : ofTraffic(view, one, left);
    if (found) told.set(key, found);
  }
  const skipped = all.filter(isSkipped).flatMap(({ pod }) => ofSkipped(view, pod, all));
  return [...skipped, ...told.values()];
}

/** A pod that stands for those of its workload. */
type Sample = { readonly pod: Pod; readonly group: Group; readonly verify: Command };

function siblingsOf(pod: Pod, all: readonly Covered[]): readonly Covered[] {
  return all.filter((one) => one.pod.workload?.name === pod.workload?.name);
}

/** Once for all pods of the workload. */
function ofSkipped(view: View, pod: Pod, all: readonly Covered[]): readonly Found[] {
  const mine = siblingsOf(pod, all);
  const group = groupOf(view, mine);
  const [port] = skippedPorts(pod);
  if (!group || port === undefined || mine[0]?.pod !== pod) return [];
  const sample = { pod, group, verify: view.verify };
  return [ofAnnotation('skipped-port', skipAnnotation, port, sample)];
}

function ofAnnotation(
  id: 'opaque-port' | 'skipped-port',
  key: string,
  port: number,
  { pod, group, verify }: Sample,
): Found {
  const before = pod.annotations[key] ?? '';
  const change = { key, before, after: without(before, port) };
  const rest = { ...group.rest, fixes: [fix.annotate(group.first, change, verify)] };
  return tell(id, { port, who: group.who, key, before }, rest);
}

function ofTraffic(view: View, one: Closer, left: readonly Covered[]): Found | undefined {
  const { prometheus, verify } = view;
  const from = cite(...view.from, one.metrics, one.words);
  const group = groupOf({ ...view, from }, siblingsOf(one.pod, left));
  if (!group) return undefined;
  const { who, first, rest } = group;
  const traffic = trafficOf(one);
  const requests = traffic.reduce((all, port) => all + port.requests, 0);
  if (requests > 0) {
    const slots = { who, prometheus, requests: count(requests, 'request') };
    const fixes = [fix.seeOwnMetrics(first, verify)];
    return tell('series-dropped', slots, { ...rest, sure: false, fixes });
  }
  const unread = traffic.filter(({ connections }) => connections > 0);
  const sample = { pod: one.pod, group, verify };
  const found = unread.map((port) => ofUnread(port, sample)).find(Boolean);
  const line = valueOf(one.words)?.timedOut?.trim();
  if (found || line === undefined || unread.length === 0) return found;
  const fixes = [fix.readProxyLog(first, verify, 'See which port it is', 200)];
  return tell('speaks-first', { who, line }, { ...rest, fixes });
}

function trafficOf({ metrics }: Closer): readonly PortTraffic[] {
  const got = valueOf(metrics);
  return got?.is === 'answered' ? inbound(got.metrics) : [];
}

/** A port whose connections the proxy passes on unread. An ordinary one of TCP alone is no fault. */
function ofUnread(traffic: PortTraffic, sample: Sample): Found | undefined {
  const { port, ownTls, sni, connections } = traffic;
  const { pod, group, verify } = sample;
  if (ownTls > 0) {
    const slots = { port, who: group.who, sni: sni && ` (for ${sni})`, connections };
    const fixes = [fix.seePod('See which ports the application serves', group.first, verify)];
    return tell('own-tls', slots, { ...group.rest, fixes });
  }
  const isMarked = opaqueness(pod, port) === 'annotated';
  return isMarked ? ofAnnotation('opaque-port', opaqueAnnotation, port, sample) : undefined;
}

type Present = readonly Covered<At<'present'>>[];

export function ofPresent(view: View, all: Present): readonly Found[] {
  if (all.length === 0) return [];
  return [
    ...ofCallers(view, all),
    ...ofPending(view, all),
    ...ofInterval(view, all),
    ...ofTap(view, all),
    ...ofCheck(view),
  ];
}

function ofCallers(view: View, all: Present): readonly Found[] {
  return closerOf(view, all).flatMap((one) => {
    const called = trafficOf(one).filter(({ requests }) => requests > 0);
    const isBare = called.every(({ requests, unmeshed }) => unmeshed === requests);
    if (called.length === 0 || !isBare) return [];
    const from = cite(...view.from, one.metrics);
    return [tell('callers-unmeshed', { who: whoText([one]) }, { from })];
  });
}

function ofPending({ got, from }: View, all: Present): readonly Found[] {
  const responses = valueOf(got.series)?.responses;
  if (!responses) return [];
  const open = all.filter(({ coverage }) => ofInstance(responses, coverage.target).length === 0);
  return open.length === 0 ? [] : [tell('responses-pending', { who: whoText(open) }, { from })];
}

/** Two readings must fall into the minute that `stat` looks at. */
function ofInterval(view: View, all: Present): readonly Found[] {
  const [interval] = all.flatMap(({ coverage }) => coverage.target.interval ?? []);
  const namespace = groupOf(view, all)?.first.ref.namespace;
  if (namespace === undefined || interval === undefined || secondsOf(interval) <= 30) return [];
  const { prometheus, from } = view;
  const rest = { from, about: { namespace }, fixes: [fix.lookLonger(namespace)] };
  return [tell('scrapes-too-rare', { prometheus, interval }, rest)];
}

/** `10s`, `1m30s` (Prometheus model.Duration). */
function secondsOf(interval: string): number {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  const parts = [...interval.matchAll(/(?<!\d)(\d+)(ms|[smhd])/g)];
  return parts.reduce((all, [, n, unit = 's']) => all + Number(n) * (units[unit] ?? 0), 0);
}

function ofTap(view: View, all: Present): readonly Found[] {
  const { viz, viewer } = view.got;
  if (viz?.kind !== 'known' || partOf(viz.value, 'tap').length === 0) return [];
  const found: Found[] = [];
  const blind = all.filter(({ pod }) => lacksTap(pod));
  const group = groupOf(view, blind);
  if (group) {
    const { first, who } = group;
    const fixes = [fix.restart(first, view.verify)];
    const rest = { from: cite(...view.from, viz), about: first.ref, fixes };
    found.push(tell('tap-missing', { who }, rest));
  }
  const tap = viewer?.tap;
  const why = valueOf(tap)?.why;
  if (tap?.kind === 'known' && why !== undefined)
    found.push(tell('tap-down', { why }, { from: [tap], fixes: [fix.seeTapApi] }));
  return found;
}

/** What `linkerd viz check` says of the viewer. */
function ofCheck({ got, from }: View): readonly Found[] {
  const check = got.viewer?.check;
  if (check?.kind !== 'known') return [];
  const bad = check.value.find(
    ({ result, category, error }) =>
      result === 'error' && category.startsWith('linkerd-viz') && !isOwnRights(error),
  );
  if (!bad) return [];
  const slots = { error: bad.error.replace(/\.$/, ''), description: bad.description };
  const rest = { from: cite(check, ...from), sure: false, fixes: [fix.runVizCheck] };
  return [tell('viewer-fails', slots, rest)];
}

/** The check looks with the rights of whoever runs it: what these forbid is no fault of the viewer. */
const isOwnRights = (error: string): boolean => / is forbidden: User /.test(error);
