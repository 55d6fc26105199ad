// How `linkerd-metrics` concludes about proxies that are scraped: they count no HTTP, or nobody gets to see the figures.
import {
  cite,
  count,
  inspect,
  kubectl,
  podText,
  valueOf,
  type Found,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { messageOf } from '../../../../src/facts/linkerd/metrics/log.ts';
import { lacksTap } from '../../../../src/facts/linkerd/metrics/tap.ts';
import { partOf } from '../../../../src/facts/linkerd/viz.ts';
import { linkerd } from '../../../../src/meshes/linkerd/commands.ts';
import { annotation } from '../../../../src/model/linkerd/policy/workload.ts';
import { grouped, type Closer, type Covered } from '../checks.ts';
import { ofInstance, type At } from '../coverage.ts';
import { annotate, readProxyLog, restart, seePod } from '../fixes.ts';
import { opaqueness, skippedPorts, without } from '../ports.ts';
import { tell } from '../says.ts';
import { inbound, type PortTraffic } from '../traffic.ts';
import { ofOldScrapes } from './stale.ts';
import { groupsOf, whoText, type Group, type View } from '../view.ts';

function missingText(labels: readonly string[]): string {
  return `${labels.length === 1 ? 'label' : 'labels'} ${labels.join(' and ')}`;
}

export function ofUnlabelled(group: Group<At<'unlabelled'>>): Found {
  const { prometheus, who, coverage, rest, verify } = group;
  const job = kubectl`get configmap prometheus-config -A -o yaml`;
  const fixes = [inspect('Compare with the scrape job of linkerd-viz', job, verify)];
  const slots = { prometheus, who, missing: missingText(coverage.missing) };
  return tell('labels-dropped', slots, { ...rest, fixes });
}

/** Why a scraped proxy has no HTTP to show, once for each workload; no traffic is not a fault. */
export function ofQuiet(view: View, all: readonly Covered[]): readonly Found[] {
  const workloads = grouped(all, ({ pod }) => pod.workload?.name ?? pod.ref.name);
  const isRead = ({ pod }: Covered) => skippedPorts(pod).length === 0;
  return [
    ...workloads
      .flatMap((some) =>
        groupsOf(
          view,
          some.filter((one) => !isRead(one)),
        ),
      )
      .flatMap(ofSkipped),
    ...workloads.flatMap((some) => groupsOf(view, some.filter(isRead))).flatMap(ofTraffic),
  ];
}

function ofSkipped(group: Group): readonly Found[] {
  const ports = skippedPorts(group.first).slice(0, 1);
  return ports.map((port) => ofAnnotation('skipped-port', annotation.skipInbound, port, group));
}

function ofAnnotation(
  id: 'opaque-port' | 'skipped-port',
  key: string,
  port: number,
  { first, who, rest, verify }: Group,
  pod = first,
): Found {
  const before = pod.annotations[key] ?? '';
  const fixes = [annotate(first, { key, before, after: without(before, port) }, verify)];
  return tell(id, { port, who, key, before }, { ...rest, fixes });
}

/** The first proxy whose own counters explain it. */
function ofTraffic(group: Group): readonly Found[] {
  const found = group.closer.flatMap((one) => {
    const from = cite(...group.from, one.metrics, one.words);
    return ofCounted({ ...group, rest: { ...group.rest, from } }, one) ?? [];
  });
  return found.slice(0, 1);
}

function ofCounted(group: Group, one: Closer): Found | undefined {
  const { who, first, prometheus, rest, verify } = group;
  const traffic = inbound(one.counts);
  const requests = traffic.reduce((all, port) => all + port.requests, 0);
  if (requests > 0) {
    const { name, namespace } = first.ref;
    const counters = linkerd`diagnostics proxy-metrics -n ${namespace} po/${name}`;
    const fixes = [inspect('See what the proxy counts', counters, verify)];
    const slots = { who, prometheus, requests: count(requests, 'request') };
    return tell('series-dropped', slots, { ...rest, sure: false, fixes });
  }
  const unread = traffic.filter(({ connections }) => connections > 0);
  const found = unread.map((port) => ofUnread(port, one.pod, group)).find(Boolean);
  const line = valueOf(one.words)?.timedOut;
  if (found || line === undefined || unread.length === 0) return found;
  const fixes = [readProxyLog(first, verify, 'Find the port in the log of the proxy', 200)];
  return tell('speaks-first', { who, line: messageOf(line) }, { ...rest, fixes });
}

/** A port whose traffic the proxy forwards unread. A port that only carries TCP is not a fault. */
function ofUnread(traffic: PortTraffic, pod: Pod, group: Group): Found | undefined {
  const { port, ownTls, sni, connections } = traffic;
  const { who, first, rest, verify } = group;
  if (ownTls > 0) {
    const slots = { port, who, sni: sni && ` (SNI ${sni})`, connections };
    const fixes = [seePod('See the ports of the application', first, verify)];
    return tell('own-tls', slots, { ...rest, fixes });
  }
  if (opaqueness(pod, port) !== 'annotated') return undefined;
  return ofAnnotation('opaque-port', annotation.opaquePorts, port, group, pod);
}

/** Where traffic arrives that is TCP to Linkerd by the defaults of the mesh: it can have no HTTP metrics. */
export function opaqueTexts(view: View): readonly string[] {
  return (view.got.closer ?? []).flatMap(({ pod, counts }) =>
    inbound(counts)
      .filter(({ port, connections }) => connections > 0 && opaqueness(pod, port) === 'by-default')
      .map(
        ({ port, connections }) =>
          `Port ${port} of ${podText(pod.ref)} is opaque by the defaults of the mesh: the proxy counts its ${count(connections, 'connection')} as TCP, and HTTP metrics cannot exist.`,
      ),
  );
}

type Present = Group<At<'present'>>;

export function ofPresent(group: Present): readonly Found[] {
  return [
    ...ofCallers(group),
    ...ofOldScrapes(group),
    ...ofPending(group),
    ...ofInterval(group),
    ...ofTap(group),
    ...ofCheck(group),
  ];
}

function ofCallers(group: Present): readonly Found[] {
  return group.closer.flatMap((one) => {
    const called = inbound(one.counts).filter(({ requests }) => requests > 0);
    const isBare = called.every(({ requests, unmeshed }) => unmeshed === requests);
    if (called.length === 0 || !isBare) return [];
    const from = cite(...group.from, one.metrics);
    return [tell('callers-unmeshed', { who: whoText([one]) }, { from })];
  });
}

function ofPending({ got, from, all, prometheus }: Present): readonly Found[] {
  const responses = valueOf(got.series)?.responses;
  if (!responses) return [];
  const open = all.filter(({ coverage }) => ofInstance(responses, coverage.target).length === 0);
  return open.length === 0
    ? []
    : [tell('responses-pending', { prometheus, who: whoText(open) }, { from })];
}

/** `stat` looks at one minute, and needs two scrapes in it. */
function ofInterval({ all, first, prometheus, from }: Present): readonly Found[] {
  const [interval] = all.flatMap(({ coverage }) => coverage.target.interval ?? []);
  if (interval === undefined || secondsOf(interval) <= 30) return [];
  const { namespace } = first.ref;
  const longer = linkerd`viz stat deploy -n ${namespace} -t 10m`;
  const rest = {
    from,
    about: { namespace },
    fixes: [inspect('Show the last ten minutes', longer)],
  };
  return [tell('scrapes-too-rare', { prometheus, interval }, rest)];
}

/** `10s`, `1m30s` (Prometheus model.Duration). */
function secondsOf(interval: string): number {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  const parts = [...interval.matchAll(/(?<!\d)(\d+)(ms|[smhd])/g)];
  return parts.reduce((all, [, n, unit = 's']) => all + Number(n) * (units[unit] ?? 0), 0);
}

function ofTap(group: Present): readonly Found[] {
  const { viz, viewer } = group.got;
  if (viz?.kind !== 'known' || partOf(viz.value, 'tap').length === 0) return [];
  const blind = group.all.filter(({ pod }) => lacksTap(pod));
  const found = groupsOf(group, blind).map(({ who, first, from, verify }) => {
    const rest = { from: cite(...from, viz), about: first.ref, fixes: [restart(first, verify)] };
    return tell('tap-missing', { who }, rest);
  });
  const tap = viewer?.tap;
  const why = valueOf(tap)?.why;
  if (tap?.kind !== 'known' || why === undefined) return found;
  const service = kubectl`get apiservice v1alpha1.tap.linkerd.io -o yaml`;
  const fixes = [inspect('See the APIService of tap', service)];
  return [...found, tell('tap-down', { why }, { from: [tap], fixes })];
}

/** What `linkerd viz check` says about the viewer. */
function ofCheck({ got, from }: Present): readonly Found[] {
  const check = got.viewer?.check;
  if (check?.kind !== 'known') return [];
  const bad = check.value.find(
    ({ result, category, error }) =>
      result === 'error' && category.startsWith('linkerd-viz') && !isOwnRights(error),
  );
  if (!bad) return [];
  const slots = { error: bad.error.replace(/\.$/, ''), description: bad.description };
  const fixes = [inspect('Run the check of linkerd-viz', linkerd`viz check`)];
  return [tell('viewer-fails', slots, { from: cite(check, ...from), sure: false, fixes })];
}

/** The check uses the rights of the person who runs it: what these forbid is not a fault of the viewer. */
const isOwnRights = (error: string): boolean => / is forbidden: User /.test(error);
