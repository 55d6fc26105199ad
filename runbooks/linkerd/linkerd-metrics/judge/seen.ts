// How `linkerd-metrics` concludes about proxies that are read: no HTTP among what they count, or figures that nobody is shown.
import { cite, count, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { lacksTap } from '../../../../src/facts/linkerd/metrics/tap.ts';
import { partOf } from '../../../../src/facts/linkerd/viz.ts';
import type { Closer, Covered } from '../checks.ts';
import { ofInstance, type Coverage } from '../coverage.ts';
import * as fix from '../fixes.ts';
import { opaqueAnnotation, opaqueness, skipAnnotation, skippedPorts, without } from '../ports.ts';
import { tell } from '../says.ts';
import { inbound, type PortTraffic } from '../traffic.ts';
import { closerOf, groupOf, serverText, whoText, type Group, type View } from '../view.ts';

type Unlabelled = Covered<Extract<Coverage, { is: 'unlabelled' }>>;
type Present = Covered<Extract<Coverage, { is: 'present' }>>;

export function ofUnlabelled(view: View, all: readonly Unlabelled[]): readonly Found[] {
  const group = groupOf(view, all);
  const [one] = all;
  if (!group || !one) return [];
  const missing = one.coverage.missing.join(' and ');
  const fixes = [fix.compareJobs(view.verify)];
  const slots = { prometheus: serverText(view), who: group.who, missing };
  return [tell('labels-dropped', slots, { ...group.rest, fixes })];
}

/** Why a proxy that is read has no HTTP to show; no traffic is no fault. */
export function ofQuiet(view: View, all: readonly Covered[]): readonly Found[] {
  const isSkipped = ({ pod }: Covered) => skippedPorts(pod).length > 0;
  const left = all.filter((one) => !isSkipped(one));
  const told = new Map<string, Found>();
  for (const one of closerOf(view, left)) {
    const key = one.pod.workload?.name ?? one.pod.ref.name;
    const group = groupOf(view, siblingsOf(one.pod, left));
    const found = told.has(key) || !group ? undefined : ofTraffic(view, one, group);
    if (found) told.set(key, found);
  }
  return [
    ...all.filter(isSkipped).flatMap(({ pod }) => ofSkipped(view, pod, all)),
    ...told.values(),
  ];
}

function siblingsOf(pod: Pod, all: readonly Covered[]): readonly Covered[] {
  return all.filter((one) => one.pod.workload?.name === pod.workload?.name);
}

/** Once for all pods of the workload. */
function ofSkipped(view: View, pod: Pod, all: readonly Covered[]): readonly Found[] {
  const mine = siblingsOf(pod, all);
  const group = groupOf(view, mine);
  const [port] = skippedPorts(pod);
  if (!group || port === undefined || mine[0]?.pod !== pod) return [];
  return [ofAnnotation('skipped-port', { view, group, pod, port, from: view.from })];
}

function ofAnnotation(
  id: 'opaque-port' | 'skipped-port',
  {
    view,
    group,
    pod,
    port,
    from,
  }: Pick<Found, 'from'> & {
    readonly view: View;
    readonly group: Group;
    readonly pod: Pod;
    readonly port: number;
  },
): Found {
  const key = id === 'opaque-port' ? opaqueAnnotation : skipAnnotation;
  const before = pod.annotations[key] ?? '';
  const change = { key, before, after: without(before, port) };
  return tell(
    id,
    { port, who: group.who, key, before },
    {
      ...group.rest,
      from,
      fixes: [fix.annotate(group.first, change, view.verify)],
    },
  );
}

function ofTraffic(view: View, one: Closer, group: Group): Found | undefined {
  const { who, first } = group;
  const got = valueOf(one.metrics);
  const traffic = got?.is === 'answered' ? inbound(got.metrics) : [];
  const from = cite(...view.from, one.metrics, one.words);
  const rest = { ...group.rest, from };
  const requests = traffic.reduce((all, port) => all + port.requests, 0);
  if (requests > 0) {
    const fixes = [fix.seeOwnMetrics(first, view.verify)];
    const slots = { who, prometheus: serverText(view), requests: count(requests, 'request') };
    return tell('series-dropped', slots, { ...rest, sure: false, fixes });
  }
  const unread = traffic.filter(({ connections }) => connections > 0);
  for (const traffic of unread) {
    const found = ofUnread(view, traffic, one.pod, group, from);
    if (found) return found;
  }
  const line = valueOf(one.words)?.timedOut?.trim();
  if (line === undefined || unread.length === 0) return undefined;
  const fixes = [fix.readProxyLog(first, view.verify, 'See which port it is', 200)];
  return tell('speaks-first', { who, line }, { ...rest, fixes });
}

/** A port whose connections the proxy passes on unread. An ordinary one of TCP alone is no fault. */
function ofUnread(
  view: View,
  { port, ownTls, sni, connections }: PortTraffic,
  pod: Pod,
  group: Group,
  from: Found['from'],
): Found | undefined {
  if (ownTls > 0) {
    const named = sni && ` (for ${sni})`;
    const fixes = [fix.seePod('See which ports the application serves', group.first, view.verify)];
    const slots = { port, who: group.who, sni: named, connections };
    return tell('own-tls', slots, { ...group.rest, from, fixes });
  }
  return opaqueness(pod, port) === 'annotated'
    ? ofAnnotation('opaque-port', { view, group, pod, port, from })
    : undefined;
}

export function ofPresent(view: View, all: readonly Present[]): readonly Found[] {
  const group = groupOf(view, all);
  if (!group) return [];
  return [
    ...ofCallers(view, all),
    ...ofPending(view, all),
    ...ofInterval(view, all, group.first.ref),
    ...ofTap(view, all),
    ...ofCheck(view),
  ];
}

function ofCallers(view: View, all: readonly Present[]): readonly Found[] {
  return closerOf(view, all).flatMap((one) => {
    const got = valueOf(one.metrics);
    const ports = got?.is === 'answered' ? inbound(got.metrics) : [];
    const called = ports.filter(({ requests }) => requests > 0);
    const isBare = called.every(({ requests, unmeshed }) => unmeshed === requests);
    if (called.length === 0 || !isBare) return [];
    return [
      tell('callers-unmeshed', { who: whoText([one]) }, { from: cite(...view.from, one.metrics) }),
    ];
  });
}

function ofPending({ got, from }: View, all: readonly Present[]): readonly Found[] {
  const responses = valueOf(got.series)?.responses;
  if (!responses) return [];
  const open = all.filter(({ coverage }) => ofInstance(responses, coverage.target).length === 0);
  return open.length === 0 ? [] : [tell('responses-pending', { who: whoText(open) }, { from })];
}

/** Two readings must fall into the minute that `stat` looks at. */
function ofInterval(
  view: View,
  all: readonly Present[],
  { namespace }: Pod['ref'],
): readonly Found[] {
  const [interval] = all.flatMap(({ coverage }) => coverage.target.interval ?? []);
  if (interval === undefined || secondsOf(interval) <= 30) return [];
  return [
    tell(
      'scrapes-too-rare',
      { prometheus: serverText(view), interval },
      {
        from: view.from,
        about: { namespace },
        fixes: [fix.lookLonger(namespace)],
      },
    ),
  ];
}

/** `10s`, `1m30s` (Prometheus model.Duration). */
function secondsOf(interval: string): number {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  const parts = [...interval.matchAll(/(?<!\d)(\d+)(ms|[smhd])/g)];
  return parts.reduce((all, [, n, unit = 's']) => all + Number(n) * (units[unit] ?? 0), 0);
}

function ofTap(view: View, all: readonly Present[]): readonly Found[] {
  const { viz, viewer } = view.got;
  if (viz?.kind !== 'known' || partOf(viz.value, 'tap').length === 0) return [];
  const blind = groupOf(
    view,
    all.filter(({ pod }) => lacksTap(pod)),
  );
  const tap = viewer?.tap;
  const why = valueOf(tap)?.why;
  return [
    ...(blind
      ? [
          tell(
            'tap-missing',
            { who: blind.who },
            {
              from: cite(...view.from, viz),
              about: blind.first.ref,
              fixes: [fix.restart(blind.first, view.verify)],
            },
          ),
        ]
      : []),
    ...(tap?.kind === 'known' && why !== undefined
      ? [tell('tap-down', { why }, { from: [tap], fixes: [fix.seeTapApi] })]
      : []),
  ];
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
