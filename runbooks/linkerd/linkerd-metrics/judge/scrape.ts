// How `linkerd-metrics` concludes about targets that are down: the proxy says no, something in between does, or it is ill.
import { age, cite, listed, valueOf, type Seen } from '../../../../src/authoring.ts';
import { stateText } from '../../../../src/model/kube/container.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { gateOf, type Gate } from '../../../../src/facts/linkerd/metrics/admin.ts';
import type { Fate } from '../fate.ts';
import { certificateEnd } from '../own.ts';
import { adminPortOf, linkerdRole, proxyVersion } from '../../../../src/model/linkerd/mesh-pod.ts';
import { withoutUrl } from '../../../../src/facts/prometheus/targets.ts';
import { asLikely, sayerFor } from '../say.ts';
import { groupSlots } from '../slots.ts';
import type { Closer, Judged, MetricsSay, View } from '../view.ts';

type Down = Extract<Fate, { is: 'down' }>;
type Group = {
  readonly all: readonly Judged[];
  readonly fate: Down;
  readonly closer: readonly Closer[];
};
type Slots = ReturnType<typeof groupSlots> & { readonly error: string };

/** What is certain and easily mended comes first. */
const order = ['denied', 'timed-out', 'gateway', 'refused', 'not-metrics', 'other'];

/** One finding for each way to fail. */
export function sayDown(view: View, judged: readonly Judged[], say: MetricsSay): void {
  const ways = new Map<string, Judged[]>();
  for (const one of judged) {
    if (one.fate.is !== 'down') continue;
    const key = `${one.fate.end} ${String(one.fate.unready)}`;
    ways.set(key, [...(ways.get(key) ?? []), one]);
  }
  const inOrder = [...ways].toSorted(([a], [b]) => rank(a) - rank(b));
  for (const [, all] of inOrder) {
    const fate = all[0]?.fate;
    if (fate?.is === 'down') sayWay(view, { all, fate, closer: closerOf(view, all) }, say);
  }
}

function rank(way: string): number {
  return order.indexOf(way.split(' ')[0] ?? '');
}

function closerOf({ sofar }: View, all: readonly Judged[]): readonly Closer[] {
  return (sofar.closer ?? []).filter(({ pod }) => all.some((one) => one.pod === pod));
}

function sayWay(view: View, group: Group, say: MetricsSay): void {
  const { fate, closer, all } = group;
  const slots = { ...groupSlots(view, all), error: withoutUrl(fate.error) };
  const from = cite(
    ...view.from,
    ...closer.flatMap(({ metrics, words }) => (words ? [metrics, words] : [metrics])),
  );
  const stated = sayerFor(view, say);
  if (fate.end === 'denied') sayDenied(view, group, slots, stated);
  else if (sayIll(group, slots, stated, from)) return;
  else if (fate.end === 'refused') {
    stated.likely('scrape-refused', { ...slots, own: ownText(closer) }, ...from);
  } else if (fate.end === 'not-metrics' || (fate.end === 'gateway' && isBare(view)))
    stated('scrape-unreadable', slots, ...from);
  else sayBlocked(view, group, slots, stated, from);
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
function sayIll(
  { fate, closer, all }: Group,
  slots: Slots,
  say: MetricsSay,
  from: readonly [Seen, ...Seen[]],
): boolean {
  const ended = closer.map((one) => endOf(one, fate)).find((ms) => ms !== undefined);
  if (ended !== undefined) {
    say('certificate-expired', { ...slots, ago: age(ended) }, ...from);
    return true;
  }
  if (!fate.unready) return false;
  const line = closer.map(({ words }) => words && valueOf(words)?.identity).find(Boolean);
  if (line !== undefined) {
    say('no-identity', { ...slots, line: line.trim() }, ...from);
    return true;
  }
  const why = all[0] ? stateOf(all[0].pod) : 'no state reported';
  asLikely(say)('proxy-not-ready', { ...slots, why }, ...from);
  return true;
}

/** How long before the last scrape the certificate had ended. */
function endOf({ metrics }: Closer, fate: Down): number | undefined {
  const got = valueOf(metrics);
  const end = got?.is === 'answered' ? certificateEnd(got.metrics) : undefined;
  const at = Date.parse(fate.target.lastScrape ?? '');
  return end !== undefined && at > end ? at - end : undefined;
}

function stateOf(pod: Pod): string {
  const role = linkerdRole(pod);
  return role.is === 'none' || !role.proxy ? 'no proxy' : stateText(role.proxy.state);
}

function sayDenied(view: View, { all }: Group, slots: Slots, say: MetricsSay): void {
  const answer = view.sofar.gates?.servers;
  const gates = all.map(({ pod }) => gateOf(valueOf(answer), pod));
  const [gate = { is: 'unknown' } as const] = gates;
  const account = accountOf(view);
  const server = gate.is === 'server' ? gate.name : '';
  const text = { gate: gateText(gate), reader: readerText(view, account), server, account };
  say('scrape-denied', { ...slots, ...text }, ...cite(...view.from, answer));
  const [old] = all.filter(({ pod }) => isTooOld(pod)).map(({ pod }) => pod);
  if (old && gate.is === 'default' && hasNamed(valueOf(answer))) {
    const version = proxyVersion(old) ?? '';
    say(
      'server-unresolved',
      { who: slots.who, runs: 'runs', version },
      ...cite(...view.from, answer),
    );
  }
}

function gateText(gate: Gate): string {
  if (gate.is === 'unknown') return 'by a policy that could not be read';
  return gate.is === 'server'
    ? `for the Server ${gate.name} selects its admin port`
    : `for its default policy is ${gate.policy}`;
}

/** The ServiceAccount by which a meshed Prometheus is known; '' for one that has no identity. */
function accountOf({ chosen }: View): string {
  const pod = chosen?.candidate.pod;
  if (!pod || linkerdRole(pod).is === 'none') return '';
  return `${pod.ref.namespace}/${pod.serviceAccount}`;
}

function readerText({ chosen }: View, account: string): string {
  if (account !== '')
    return `Prometheus comes as the ServiceAccount ${account}, whom nothing there lets in.`;
  return chosen?.candidate.pod
    ? 'This Prometheus has no proxy, so it comes without an identity.'
    : 'Who this Prometheus is to the mesh is not known.';
}

function sayBlocked(
  view: View,
  { closer, all, fate }: Group,
  slots: Slots,
  say: MetricsSay,
  from: readonly [Seen, ...Seen[]],
): void {
  const answer = view.sofar.gates?.network;
  const blocking = valueOf(answer)?.blocking ?? [];
  const server = view.chosen?.candidate.pod;
  const pod = all[0]?.pod;
  if (blocking.length > 0 && server && pod) {
    const policies = listed(
      blocking.map(({ namespace, name }) => `NetworkPolicy ${namespace}/${name}`),
    );
    const more = { policies, port: adminPortOf(pod), from: server.ref.namespace };
    say('scrape-blocked', { ...slots, ...more }, ...cite(...from, answer));
    return;
  }
  const answered =
    fate.end === 'gateway' ? 'It is its own proxy that answers in place of the pod. ' : '';
  asLikely(say)(
    'scrape-unreachable',
    { ...slots, own: `${answered}${ownText(closer)}` },
    ...cite(...from, answer),
  );
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

function hasNamed(all: readonly { readonly spec?: unknown }[] | undefined): boolean {
  return (all ?? []).some(
    ({ spec }) => (spec as { port?: unknown } | null)?.port === 'linkerd-admin',
  );
}
