// How `linkerd-identity` concludes about proxies: their own certificates, the anchors they hold, and clocks.
import { age, cite, count, podText, valueOf, type Seen } from '../../../../src/authoring.ts';
import { leafState, SKEW_MS, type LeafState } from '../leaf.ts';
import {
  anchorsIn,
  anchorsOf,
  identityOf,
} from '../../../../src/facts/linkerd/identity/meshed-pods.ts';
import type { ProxyCertificate } from '../../../../src/facts/linkerd/identity/proxy-certificate.ts';
import { trustIn } from '../rules.ts';
import { linkerdRole } from '../../../../src/model/linkerd/mesh-pod.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { time } from '../../../../src/model/kube/read.ts';
import type { Certificate } from '../../../../src/model/certificates/x509.ts';
import { canSign, clockOf } from './issuer.ts';
import {
  issuerOf,
  placeSlots,
  proxiesText,
  restartsOf,
  whenText,
  whichText,
  wordsOf,
  type IdentitySay,
  type Input,
  type Sampled,
  type Sofar,
} from '../view.ts';

/** Nothing to ask its log about. */
export function isFine({ leaf, now }: Presented): boolean {
  return leafState(leaf, now).is === 'fine';
}
type Presented = Extract<ProxyCertificate, { readonly is: 'presented' }>;

type Leaf = Sampled & { readonly state: LeafState; readonly until: number };

export function leafs(sofar: Sofar, say: IdentitySay, input: Input): void {
  const { proxies = [] } = sofar;
  const now = clockOf(sofar);
  const seen = proxies.flatMap((one): Leaf[] => {
    const found = valueOf(one.certificate);
    if (found?.is !== 'presented') return [];
    return [{ ...one, state: leafState(found.leaf, found.now), until: found.leaf.until }];
  });
  const expired = seen.filter(({ state }) => state.is === 'expired');
  const lockedOut = canSign(sofar) ? expired.filter(isLockedOut) : [];
  const told = (bad: readonly Leaf[]) => ({
    ...slotsOf(bad, proxies.length, sofar, input),
    when: whenText(Math.min(...bad.map(({ until }) => until)), now),
  });
  for (const [id, bad] of [
    ['leaf-locked-out', lockedOut],
    ['leaf-expired', expired.filter((one) => !lockedOut.includes(one))],
    ['leaf-overdue', seen.filter(({ state }) => state.is === 'overdue')],
  ] as const) {
    const [first, ...others] = evidenceOf(bad);
    if (!first) continue;
    // Its own log shows that it came, and was sent away.
    const isSure = id !== 'leaf-locked-out' || bad.every(({ trouble }) => isShutOut(trouble));
    (isSure ? say : say.likely)(id, told(bad), first, ...others);
  }
  none(sofar, say, input);
}

/** Nothing else is known to keep it from the next one. */
function isLockedOut({ trouble, policies }: Leaf): boolean {
  const isFree = (valueOf(policies)?.blocking ?? []).length === 0;
  return isFree && (valueOf(trouble)?.failure === undefined || isShutOut(trouble));
}

function none(sofar: Sofar, say: IdentitySay, input: Input): void {
  const { proxies = [] } = sofar;
  const bad = proxies.filter(({ certificate }) => valueOf(certificate)?.is === 'none');
  const [first, ...others] = evidenceOf(bad);
  const [one] = bad;
  if (!first || !one) return;
  const found = valueOf(one.certificate);
  const trouble = valueOf(one.trouble);
  const logged = trouble?.failure?.line ?? trouble?.waiting;
  const why = logged === undefined ? (found?.is === 'none' ? found.because : '') : wordsOf(logged);
  say('no-leaf', { ...slotsOf(bad, proxies.length, sofar, input), why }, first, ...others);
}

function evidenceOf(all: readonly Sampled[]): readonly Seen[] {
  return all
    .flatMap(({ certificate, trouble }) => [certificate, trouble])
    .flatMap((answer) => (answer?.kind === 'known' ? [answer] : []))
    .slice(0, 5);
}

function slotsOf(all: readonly Sampled[], looked: number, sofar: Sofar, input: Input) {
  const pods = all.map(({ pod }) => pod);
  return {
    ...placeSlots(sofar, input),
    pods: proxiesText(pods, `${looked} pods that were looked at`),
    which: whichText(pods),
    restarts: restartsOf(pods),
  };
}

/** Identity ends the connection of a proxy that comes with an expired certificate, which looks as if it were out of reach. */
function isShutOut(trouble: Sampled['trouble']): boolean {
  return /: connection error|BrokenPipe/.test(valueOf(trouble)?.failure?.line ?? '');
}

function isExpired(certificate: Sampled['certificate']): boolean {
  const found = valueOf(certificate);
  return found?.is === 'presented' && leafState(found.leaf, found.now).is === 'expired';
}

/** Why a proxy does not get its certificate, in its own words. */
export function reachable(sofar: Sofar, say: IdentitySay, input: Input): void {
  for (const { pod, trouble, policies, certificate } of sofar.proxies ?? []) {
    const place = { ...placeSlots(sofar, input), pod: pod.ref };
    const [blocking] = valueOf(policies)?.blocking ?? [];
    if (blocking && policies?.kind === 'known') {
      const { namespace, name } = blocking;
      const slots = { ...place, policy: `${namespace}/${name}`, namespace, policyName: name };
      say.likely('identity-blocked', slots, ...cite(policies, trouble, certificate));
      return;
    }
    if (trouble?.kind !== 'known' || trouble.value.failure?.because !== 'unreachable') continue;
    if (isExpired(certificate) && isShutOut(trouble)) continue;
    const { line } = trouble.value.failure;
    say.likely(
      'identity-unreachable',
      { ...place, line: wordsOf(line) },
      ...cite(trouble, certificate),
    );
    return;
  }
}

/** Pods whose anchors are not those of the ConfigMap. */
export function bundles(sofar: Sofar, say: IdentitySay, input: Input): void {
  const { pods, anchors, proxies = [] } = sofar;
  if (pods?.kind !== 'known' || anchors?.kind !== 'known') return;
  const other = pods.value.pods.filter(
    (pod) => linkerdRole(pod).is === 'meshed' && anchorsOf(pod, anchors.value.pem) === 'other',
  );
  if (other.length === 0) return;
  const { current, above, confirmed } = issuerOf(sofar);
  const { now } = anchors.value;
  const isUntrusted = (by: readonly Certificate[]): boolean =>
    current !== undefined &&
    by.length > 0 &&
    trustIn(current, above, by, Math.min(now, current.until)).is === 'untrusted';
  const refuse = other.filter((pod) => isUntrusted(anchorsIn(pod)));
  const rest = other.filter((pod) => !refuse.includes(pod));
  const from = cite(pods, anchors, ...proxies.slice(0, 2).map(({ certificate }) => certificate));
  const tell = confirmed ? say : say.likely;
  const all = count(pods.value.pods.length, 'meshed pod');
  const slots = (some: readonly Pod[]) => ({
    ...placeSlots(sofar, input),
    pods: proxiesText(some, all),
    which: whichText(some),
    restarts: restartsOf(some),
  });
  if (refuse.length > 0) tell('anchors-differ', slots(refuse), ...from);
  // With an issuer that the bundle does not lead to, these are the pods that still work: no word of restarting them.
  if (rest.length > 0 && !isUntrusted(anchors.value.anchors))
    say('anchors-old', slots(rest), ...from);
}

export function trustDomains(sofar: Sofar, say: IdentitySay, input: Input): void {
  const { pods, mesh } = sofar;
  const config = valueOf(mesh)?.config;
  if (pods?.kind !== 'known' || mesh?.kind !== 'known' || !config) return;
  const suffix = `.identity.${mesh.value.namespace}.${config.trustDomain}`;
  const other = pods.value.pods.filter((pod) => {
    const name = identityOf(pod);
    return name !== undefined && !name.endsWith(suffix);
  });
  if (other.length === 0) return;
  const slots = {
    ...placeSlots(sofar, input),
    pods: proxiesText(other, count(pods.value.pods.length, 'meshed pod')),
    domain: config.trustDomain,
    which: whichText(other),
    restarts: restartsOf(other),
  };
  say('trust-domain-differs', slots, ...cite(pods, mesh));
}

/** Whose clock is wrong, as far as two clocks can be told apart. One finding: the surest. */
export function clocks(sofar: Sofar, say: IdentitySay, input: Input): void {
  const found = ofProxyLog(sofar) ?? ofThisMachine(sofar) ?? ofIdentity(sofar) ?? ofLeaf(sofar);
  if (!found) return;
  const { whose, by, line, from } = found;
  say.likely('clock-skew', { ...placeSlots(sofar, input), whose, by: age(by), line }, ...from);
}

type Skew = {
  readonly whose: string;
  readonly by: number;
  readonly line: string;
  readonly from: readonly [Seen, ...Seen[]];
};

/** rustls tells the proxy's clock and the certificate's bound. A new certificate is only too early for a slow clock. */
function ofProxyLog({ proxies = [] }: Sofar): Skew | undefined {
  for (const { pod, trouble } of proxies) {
    const failure = valueOf(trouble)?.failure;
    if (trouble?.kind !== 'known' || failure?.because !== 'not-yet') continue;
    const { clock = 0, bound = 0, line } = failure;
    const of = pod.node === undefined ? podText(pod.ref) : `node ${pod.node}`;
    const whose = `The clock of ${of}, or else that of linkerd-identity,`;
    const by = Math.max(0, bound - clock) + SKEW_MS;
    return { whose, by, line: wordsOf(line), from: cite(trouble) };
  }
  return undefined;
}

/** Nothing in a cluster was created in the future: the API server's clock is ahead of ours. */
function ofThisMachine(sofar: Sofar): Skew | undefined {
  const { pods } = sofar;
  if (pods?.kind !== 'known') return undefined;
  const now = clockOf(sofar);
  const created = pods.value.pods.flatMap((pod) => time(pod.created) ?? []);
  const by = Math.max(...created, -Infinity) - now;
  if (!(by > SKEW_MS)) return undefined;
  const line = 'by the API server, a pod was created later than now';
  return { whose: 'The clock of this machine', by, line, from: cite(pods) };
}

const notOurs = 'The clock of linkerd-identity, or else that of this machine,';

function ofIdentity(sofar: Sofar): Skew | undefined {
  const { aheadMs } = issuerOf(sofar);
  const metric = sofar.service?.metrics.find((answer) => answer.kind === 'known');
  if (aheadMs === undefined || metric?.kind !== 'known') return undefined;
  const way = aheadMs > 0 ? 'less' : 'more';
  return {
    whose: notOurs,
    by: Math.abs(aheadMs),
    line: `it says that its issuer has ${way} time left than the certificate has by the clock here`,
    from: cite(metric, ...(sofar.proxies ?? []).slice(0, 1).map(({ certificate }) => certificate)),
  };
}

function ofLeaf({ proxies = [] }: Sofar): Skew | undefined {
  for (const { pod, certificate } of proxies) {
    const seen = valueOf(certificate);
    if (certificate?.kind !== 'known' || seen?.is !== 'presented') continue;
    const state = leafState(seen.leaf, seen.now);
    if (state.is !== 'early') continue;
    const line = `the certificate of ${podText(pod.ref)} begins later than now`;
    // It was issued 20 seconds after its own beginning.
    const by = state.byMs + SKEW_MS;
    return { whose: notOurs, by, line, from: cite(certificate) };
  }
  return undefined;
}
