// How `linkerd-metrics` concludes about targets that are down: the proxy denies the scrape, something in between blocks
// it, or the proxy itself has a problem.
import { age, cite, listed, podText, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { messageOf } from '../../../../src/facts/linkerd/metrics/log.ts';
import { denialText } from '../../../../src/facts/linkerd/policy/denial-log.ts';
import { stateText } from '../../../../src/model/kube/container.ts';
import { adminPortOf, linkerdRole, proxyVersion } from '../../../../src/model/linkerd/mesh-pod.ts';
import { accountOf, admissionOf, type Admission, type Gate } from '../admin.ts';
import { byWay, grouped, type Covered } from '../checks.ts';
import type { At } from '../coverage.ts';
import { allowNetwork, allowScrapes, readProxyLog, renumberServer, restart } from '../fixes.ts';
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
    .flatMap((all) => grouped(all, (one) => admissionKey(view, one)))
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
  const { who, prometheus, first, sure, server, verify } = way;
  const { policies, denials } = way.got.gates ?? {};
  const admission = admissionIn(way, first);
  const from = cite(...way.from, policies);
  const { namespace } = first.ref;
  const taken = Object.values(valueOf(policies)?.objects ?? {}).flatMap((all) =>
    all.map(({ metadata }) => metadata.name),
  );
  if (admission?.is === 'allowed') {
    return [ofAllowed({ ...way, rest: { ...way.rest, from: cite(...from, denials) } })];
  }
  const gate = admission?.gate ?? { is: 'unknown' };
  const isRead = admission?.is === 'denied';
  const { unmatched } = admission ?? {};
  const reader = unmatched !== undefined ? '' : isRead ? readerOf(server) : unreadText;
  const named = gate.is === 'server' ? gate.name : undefined;
  const account = server && !isBare(server) ? accountOf(server) : undefined;
  const fixes = [
    unmatched === undefined
      ? allowScrapes(namespace, { server: named, account, taken }, verify)
      : renumberServer({ namespace, name: unmatched }, adminPortOf(first), verify),
  ];
  const slots = { who, prometheus, gate: gateText(gate, first), reader };
  const rest = { ...way.rest, from, sure: sure && isRead, fixes };
  const denied = tell('scrape-denied', slots, rest);
  if (unmatched === undefined) return [denied];
  const unresolved = { who, version: proxyVersion(first), server: unmatched };
  return [denied, tell('server-unresolved', unresolved, { from, sure })];
}

/**
 * The policies let this Prometheus in, so it is the connection: its proxy keeps one without TLS from before the pod was
 * ready (linkerd2 issue 13865, where Prometheus reuses a connection that was answered 403).
 */
function ofAllowed(way: Way): Found {
  const { who, prometheus, rest, server, verify } = way;
  const { denials } = way.got.gates ?? {};
  const by = admissionIn(way, way.first)?.by ?? 'a policy';
  const lines = (valueOf(denials) ?? []).filter(({ ip }) => ip === server?.ip);
  const [last] = lines;
  const anew = server ? [{ ...restart(server, verify), note: emptyDir }] : [];
  if (last?.plaintext) {
    return tell('scrape-plaintext', { who, prometheus, by }, { ...rest, fixes: anew });
  }
  const logged = last ? `Its log says: ${denialText(last)}.` : undefined;
  const slots = { who, prometheus, by, logged };
  return tell('scrape-denied-otherwise', slots, { ...rest, sure: false, fixes: way.fixes });
}

const emptyDir =
  'If its data is on an emptyDir, as by default in linkerd-viz, a new pod starts without it.';

function admissionKey(view: View, { coverage, pod }: Covered<Down>): string {
  return coverage.end === 'denied' ? JSON.stringify(admissionIn(view, pod)) : '';
}

/** Policies are by port and labels, so pods of one namespace may differ. */
function admissionIn({ got, chosen }: View, pod: Pod): Admission | undefined {
  const policies = valueOf(got.gates?.policies);
  return policies && admissionOf(pod, policies, chosen?.candidate.pod);
}

function gateText(gate: Gate, { ref: { namespace } }: Pod): string {
  if (gate.is === 'unknown') return 'A policy that could not be read';
  return gate.is === 'server'
    ? `Server ${namespace}/${gate.name} on the admin port`
    : `Default policy ${gate.policy}`;
}

const unreadText = 'It is not known whether another policy there allows this Prometheus.';

/** A meshed Prometheus is known by its ServiceAccount; one without a proxy has no identity. */
function readerOf(server: Pod | undefined): string {
  if (!server) return 'The mesh identity of this Prometheus is not known.';
  if (isBare(server)) return 'This Prometheus has no proxy, so it has no mesh identity.';
  const name = podText(accountOf(server));
  return `No policy there allows ServiceAccount ${name}, the identity of Prometheus.`;
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
  const slots = { prometheus, who, error };
  if (isSilent(way)) {
    const own = `${ownText(way)} A port-forward does not cross the network between pods, so the proxy itself hangs.`;
    const fixes = [...way.fixes, restart(first, way.verify)];
    return tell('scrape-unreachable', { ...slots, own }, { ...rest, sure: false, fixes });
  }
  const answered =
    coverage.end === 'gateway'
      ? 'The status comes from the proxy of Prometheus, not from the pod. '
      : '';
  const own = `${network} ${answered}${ownText(way)}`;
  return tell('scrape-unreachable', { ...slots, own }, { ...rest, sure: false, fixes: way.fixes });
}

const network =
  'No NetworkPolicy that could be read blocks it; check policies of other kinds, the network between the nodes, and firewalls.';

function isSilent({ closer }: Way): boolean {
  const [got] = closer.flatMap(({ metrics }) => valueOf(metrics) ?? []);
  return got?.is === 'silent';
}

function ownText({ closer }: Way): string {
  const [got] = closer.flatMap(({ metrics }) => valueOf(metrics) ?? []);
  if (got?.is === 'answered') return 'Through a port-forward the proxy answers, so it is running.';
  return got ? 'The proxy does not answer through a port-forward either.' : '';
}
