// How `linkerd-metrics` concludes about targets that are down: the proxy says no, something in between does, or it is ill.
import {
  age,
  cite,
  listed,
  podText,
  valueOf,
  type Found,
  type Rest,
  type PodRef,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { gateOf, type Gate, type Servers } from '../../../../src/facts/linkerd/metrics/admin.ts';
import { withoutUrl } from '../../../../src/facts/linkerd/metrics/targets.ts';
import { stateText } from '../../../../src/model/kube/container.ts';
import { at } from '../../../../src/model/kube/read.ts';
import { adminPortOf, linkerdRole, proxyVersion } from '../../../../src/model/linkerd/mesh-pod.ts';
import { byWay, type Closer, type Covered } from '../checks.ts';
import type { At } from '../coverage.ts';
import * as fix from '../fixes.ts';
import { tell } from '../says.ts';
import { certificateEnd } from '../traffic.ts';
import { closerOf, groupOf, type Group, type View } from '../view.ts';

type Down = Covered<At<'down'>>;
/** Those that fail in one way. */
type Way = {
  readonly view: View;
  readonly all: readonly [Down, ...Down[]];
  readonly group: Group;
  /** Of some of them. */
  readonly closer: readonly Closer[];
  readonly error: string;
  /** With what the closer look told. */
  readonly rest: Group['rest'];
};

/** What is certain and easily mended comes first. */
const order = ['denied', 'timed-out', 'gateway', 'refused', 'not-metrics', 'other'];
const rank = ([{ coverage }]: Way['all']) => order.indexOf(coverage.end);

/** One finding for each way to fail. */
export function ofDown(view: View, downs: readonly Down[]): readonly Found[] {
  const ways = byWay(downs).toSorted((a, b) => rank(a) - rank(b));
  return ways.flatMap((all) => {
    const group = groupOf(view, all);
    if (!group) return [];
    const { end, error } = all[0].coverage;
    const closer = closerOf(view, all);
    const from = cite(...view.from, ...closer.flatMap(({ metrics, words }) => [metrics, words]));
    const rest = { ...group.rest, from };
    const way = { view, all, group, closer, error: withoutUrl(error), rest };
    return end === 'denied' ? ofDenied(way) : [ofIll(way) ?? ofUnanswered(way)];
  });
}

function ofUnanswered(way: Way): Found {
  const { view, group, closer, error, rest } = way;
  const { who, first } = group;
  const [{ coverage }] = way.all;
  const fixes = [fix.readProxyLog(first, view.verify)];
  if (coverage.end === 'refused') {
    const own = ownText(closer);
    return tell('scrape-refused', { who, error, own }, { ...rest, sure: false, fixes });
  }
  if (coverage.end === 'not-metrics' || (coverage.end === 'gateway' && isBare(view))) {
    const { prometheus } = view;
    return tell('scrape-unreadable', { who, prometheus, error }, { ...rest, fixes });
  }
  return ofBlocked(way);
}

/**
 * A Prometheus in the mesh never sees a time-out or a refusal: its own proxy answers 503 for a pod that it cannot
 * reach (seen with linkerd2-proxy; linkerd/app/core/src/errors/respond.rs).
 */
function isBare({ chosen }: View): boolean {
  const pod = chosen?.candidate.pod;
  return pod !== undefined && linkerdRole(pod).is === 'none';
}

/** Without an identity, with one that ended, or not ready for another reason. */
function ofIll({ view, all, group, closer, rest }: Way): Found | undefined {
  const { who } = group;
  const goesOn = podText(group.first.ref);
  const look = fix.readProxyLog(group.first, view.verify);
  const [{ coverage, pod }] = all;
  const ended = closer.map((one) => endOf(one, coverage)).find((ms) => ms !== undefined);
  if (ended !== undefined) {
    const fixes = [look, fix.restart(group.first, view.verify)];
    return tell('certificate-expired', { who, ago: age(ended) }, { ...rest, goesOn, fixes });
  }
  if (!coverage.unready) return undefined;
  const line = closer.map(({ words }) => valueOf(words)?.identity).find(Boolean);
  return line === undefined
    ? tell('proxy-not-ready', { who, why: stateOf(pod) }, { ...rest, sure: false, fixes: [look] })
    : tell('no-identity', { who, line: line.trim() }, { ...rest, goesOn, fixes: [look] });
}

/** How long before the last scrape the certificate had ended. */
function endOf({ metrics }: Closer, { target }: Down['coverage']): number | undefined {
  const got = valueOf(metrics);
  const end = got?.is === 'answered' ? certificateEnd(got.metrics) : undefined;
  const scraped = Date.parse(target.lastScrape ?? '');
  return end !== undefined && scraped > end ? scraped - end : undefined;
}

function stateOf(pod: Pod): string {
  const role = linkerdRole(pod);
  return role.is === 'none' || !role.proxy ? 'no proxy' : stateText(role.proxy.state);
}

function ofDenied({ view, all, group }: Way): readonly Found[] {
  const { who, first, rest } = group;
  const answer = view.got.gates?.servers;
  const servers = valueOf(answer);
  const gate = gateOf(servers, all[0].pod);
  const account = accountOf(view);
  const from = cite(...view.from, answer);
  const server = gate.is === 'server' ? gate.name : undefined;
  const fixes = [
    fix.allowScrapes({ namespace: first.ref.namespace, server, account }, view.verify),
  ];
  const reader = readerText(view, account);
  const slots = { who, prometheus: view.prometheus, gate: gateText(gate), reader };
  const denied = tell('scrape-denied', slots, { ...rest, from, fixes });
  const old = all.find(({ pod }) => isTooOld(pod))?.pod;
  if (!old || gate.is !== 'default' || !hasNamed(servers)) return [denied];
  const unresolved = { who, runs: 'runs', version: proxyVersion(old) };
  return [denied, tell('server-unresolved', unresolved, { from, sure: view.sure })];
}

function gateText(gate: Gate): string {
  if (gate.is === 'unknown') return 'by a policy that could not be read';
  return gate.is === 'server'
    ? `for the Server ${gate.name} selects its admin port`
    : `for its default policy is ${gate.policy}`;
}

/** The ServiceAccount by which a meshed Prometheus is known; one without a proxy has no identity. */
function accountOf({ chosen }: View): PodRef | undefined {
  const pod = chosen?.candidate.pod;
  if (!pod || linkerdRole(pod).is === 'none') return undefined;
  return { namespace: pod.ref.namespace, name: pod.serviceAccount };
}

function readerText({ chosen }: View, account: PodRef | undefined): string {
  if (account)
    return `Prometheus comes as the ServiceAccount ${podText(account)}, whom nothing there lets in.`;
  return chosen?.candidate.pod
    ? 'This Prometheus has no proxy, so it comes without an identity.'
    : 'Who this Prometheus is to the mesh is not known.';
}

function ofBlocked({ view, all, group, closer, error, rest: known }: Way): Found {
  const { who, first } = group;
  const [{ pod, coverage }] = all;
  const { prometheus } = view;
  const answer = view.got.gates?.network;
  const rest: Rest = { ...known, from: cite(...known.from, answer) };
  const policies = (valueOf(answer)?.blocking ?? []).map((one) => `NetworkPolicy ${podText(one)}`);
  const server = view.chosen?.candidate.pod;
  if (policies.length > 0 && server) {
    const port = adminPortOf(pod);
    const way = { from: server.ref.namespace, namespace: first.ref.namespace, port };
    const slots = { policies: listed(policies), prometheus, who, error, port };
    return tell('scrape-blocked', slots, { ...rest, fixes: [fix.allowNetwork(way, view.verify)] });
  }
  const answered =
    coverage.end === 'gateway' ? 'It is its own proxy that answers in place of the pod. ' : '';
  const own = `${answered}${ownText(closer)}`;
  const fixes = [fix.readProxyLog(first, view.verify)];
  const slots = { prometheus, who, error, own };
  return tell('scrape-unreachable', slots, { ...rest, sure: false, fixes });
}

function ownText(closer: readonly Closer[]): string {
  const [got] = closer.map(({ metrics }) => valueOf(metrics)).filter((one) => one !== undefined);
  if (got?.is === 'answered') return 'Through a port-forward the proxy answers, so it is alive.';
  return got ? 'Through a port-forward it does not answer either.' : '';
}

/** linkerd2 issue 14103, mended in edge-25.6.3 by pull request 14144. */
function isTooOld(pod: Pod): boolean {
  const role = linkerdRole(pod);
  const [, year = 0, month = 0] = /^edge-(\d+)\.(\d+)/.exec(proxyVersion(pod) ?? '') ?? [];
  const edge = Number(year) * 100 + Number(month);
  return role.is === 'meshed' && role.native && edge > 0 && edge < 2506;
}

function hasNamed(servers: Servers | undefined): boolean {
  return servers?.some(({ spec }) => at(spec, 'port') === 'linkerd-admin') ?? false;
}
