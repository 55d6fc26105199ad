// How `linkerd-metrics` concludes about targets that are down: the proxy denies the scrape, something in between blocks
// it, or the proxy itself has a problem.
import { age, cite, listed, podText, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { gateOf, type Gate } from '../../../../src/facts/linkerd/metrics/admin.ts';
import { messageOf } from '../../../../src/facts/linkerd/metrics/log.ts';
import { stateText } from '../../../../src/model/kube/container.ts';
import { at } from '../../../../src/model/kube/read.ts';
import { adminPortOf, linkerdRole, proxyVersion } from '../../../../src/model/linkerd/mesh-pod.ts';
import { byWay, type Covered } from '../checks.ts';
import type { At } from '../coverage.ts';
import { allowNetwork, allowScrapes, readProxyLog, restart } from '../fixes.ts';
import { tell } from '../says.ts';
import { certificateEnd } from '../traffic.ts';
import { groupsOf, type Group, type View } from '../view.ts';

type Down = At<'down'>;

/** What is certain and easy to fix comes first. */
const order = ['denied', 'timed-out', 'gateway', 'refused', 'not-metrics', 'other'];
const rank = ({ coverage }: Group<Down>) => order.indexOf(coverage.end);

/** One finding for each way to fail. */
export function ofDown(view: View, downs: readonly Covered<Down>[]): readonly Found[] {
  return byWay(downs)
    .flatMap((all) => groupsOf(view, all))
    .toSorted((a, b) => rank(a) - rank(b))
    .map(wayOf)
    .flatMap((way) =>
      way.coverage.end === 'denied' ? ofDenied(way) : [ofIll(way) ?? ofUnanswered(way)],
    );
}

type Way = ReturnType<typeof wayOf>;

/** With what the closer look at some of them showed. */
function wayOf(group: Group<Down>) {
  const { first, closer, coverage, chosen, verify } = group;
  const from = cite(...group.from, ...closer.flatMap(({ metrics, words }) => [metrics, words]));
  return {
    ...group,
    error: coverage.error,
    rest: { ...group.rest, from },
    server: chosen?.candidate.pod,
    fixes: [readProxyLog(first, verify)],
  };
}

function ofUnanswered(way: Way): Found {
  const { who, prometheus, error, coverage, rest, fixes } = way;
  if (coverage.end === 'refused') {
    const slots = { who, error, own: ownText(way) };
    return tell('scrape-refused', slots, { ...rest, sure: false, fixes });
  }
  if (coverage.end === 'not-metrics' || (coverage.end === 'gateway' && isBare(way.server))) {
    return tell('scrape-unreadable', { who, prometheus, error }, { ...rest, fixes });
  }
  return ofBlocked(way);
}

/**
 * A Prometheus in the mesh never sees a time-out or a refusal: its own proxy answers 503 for a pod that it cannot
 * reach (seen with linkerd2-proxy; linkerd/app/core/src/errors/respond.rs).
 */
function isBare(server: Pod | undefined): boolean {
  return server !== undefined && linkerdRole(server).is === 'none';
}

/** Without an identity, with an expired one, or not ready for another reason. */
function ofIll(way: Way): Found | undefined {
  const { who, first, closer, rest, fixes, verify } = way;
  const { proxy } = way.coverage;
  const goesOn = podText(first.ref);
  const ended = endedMs(way);
  if (ended !== undefined) {
    const all = [...fixes, restart(first, verify)];
    return tell('certificate-expired', { who, ago: age(ended) }, { ...rest, goesOn, fixes: all });
  }
  if (proxy.ready) return undefined;
  const line = closer.map(({ words }) => valueOf(words)?.identity).find(Boolean);
  if (line !== undefined)
    return tell('no-identity', { who, line: messageOf(line) }, { ...rest, goesOn, fixes });
  return tell(
    'proxy-not-ready',
    { who, why: stateText(proxy.state) },
    { ...rest, sure: false, fixes },
  );
}

/** How long before the last scrape the certificate expired. */
function endedMs({ closer, coverage }: Way): number | undefined {
  const scraped = Date.parse(coverage.target.lastScrape ?? '');
  const ends = closer.flatMap(({ counts }) => certificateEnd(counts) ?? []);
  return ends.map((end) => scraped - end).find((ms) => ms > 0);
}

function ofDenied(way: Way): readonly Found[] {
  const { who, prometheus, first, all, sure, server, verify } = way;
  const answer = way.got.gates?.servers;
  const servers = valueOf(answer);
  const gate = gateOf(servers, first);
  const reader = readerOf(server);
  const from = cite(...way.from, answer);
  const named = gate.is === 'server' ? gate.name : undefined;
  const fixes = [allowScrapes(first.ref.namespace, named, reader.account, verify)];
  const slots = { who, prometheus, gate: gateText(gate, first), reader: reader.says };
  const denied = tell('scrape-denied', slots, { ...way.rest, from, fixes });
  const old = all.find(({ pod }) => isTooOld(pod))?.pod;
  const isNamed = servers?.some(({ spec }) => at(spec, 'port') === 'linkerd-admin') ?? false;
  if (!old || gate.is !== 'default' || !isNamed) return [denied];
  const unresolved = { who, version: proxyVersion(old) };
  return [denied, tell('server-unresolved', unresolved, { from, sure })];
}

function gateText(gate: Gate, { ref: { namespace } }: Pod): string {
  if (gate.is === 'unknown') return 'A policy that could not be read';
  return gate.is === 'server'
    ? `Server ${namespace}/${gate.name} on the admin port`
    : `Default policy ${gate.policy}`;
}

/** A meshed Prometheus is known by its ServiceAccount; one without a proxy has no identity. */
function readerOf(server: Pod | undefined) {
  if (!server) return { says: 'The mesh identity of this Prometheus is not known.' };
  if (isBare(server)) {
    return { says: 'This Prometheus has no proxy, so it has no mesh identity.' };
  }
  const account = { namespace: server.ref.namespace, name: server.serviceAccount };
  const name = podText(account);
  const says = `No policy there allows ServiceAccount ${name}, the identity of Prometheus.`;
  return { account, says };
}

function ofBlocked(way: Way): Found {
  const { who, prometheus, first, error, server, coverage, verify } = way;
  const answer = way.got.gates?.network;
  const rest = { ...way.rest, from: cite(...way.rest.from, answer) };
  const policies = (valueOf(answer)?.blocking ?? []).map(podText);
  if (policies.length > 0 && server) {
    const port = adminPortOf(first);
    const [kind, block] =
      policies.length === 1 ? ['NetworkPolicy', 'blocks'] : ['NetworkPolicies', 'block'];
    const resource = `${kind} ${listed(policies)}`;
    const slots = { resource, block, prometheus, who, error, port };
    const fixes = [allowNetwork(server.ref.namespace, first.ref.namespace, port, verify)];
    return tell('scrape-blocked', slots, { ...rest, fixes });
  }
  const isGateway = coverage.end === 'gateway';
  const answered = isGateway
    ? 'The status comes from the proxy of Prometheus, not from the pod. '
    : '';
  const slots = { prometheus, who, error, own: `${answered}${ownText(way)}` };
  return tell('scrape-unreachable', slots, { ...rest, sure: false, fixes: way.fixes });
}

function ownText({ closer }: Way): string {
  const [got] = closer.flatMap(({ metrics }) => valueOf(metrics) ?? []);
  if (got?.is === 'answered') return 'Through a port-forward the proxy answers, so it is running.';
  return got ? 'The proxy does not answer through a port-forward either.' : '';
}

/** linkerd2 issue 14103, fixed in edge-25.6.3 by pull request 14144. */
function isTooOld(pod: Pod): boolean {
  const role = linkerdRole(pod);
  const [, year = 0, month = 0] = /^edge-(\d+)\.(\d+)/.exec(proxyVersion(pod) ?? '') ?? [];
  const edge = Number(year) * 100 + Number(month);
  return role.is === 'meshed' && role.native && edge > 0 && edge < 2506;
}
