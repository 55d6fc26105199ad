// How `linkerd-identity` concludes about proxies: their own certificates, the anchors they hold, and clocks.
import {
  cite,
  count,
  listed,
  podText,
  skip,
  valueOf,
  type Found,
  type Rest,
  type Seen,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import {
  anchorsIn,
  anchorsOf,
  identityOf,
} from '../../../../src/facts/linkerd/identity/meshed-pods.ts';
import { whenText } from '../../../../src/model/certificates/text.ts';
import { trustIn } from '../../../../src/model/certificates/trust.ts';
import type { Certificate } from '../../../../src/model/certificates/x509.ts';
import { linkerdRole } from '../../../../src/model/linkerd/mesh-pod.ts';
import { caseOf, type Case } from '../case.ts';
import { gathered, identityCheck, type Sampled } from '../checks.ts';
import * as fixes from '../fixes.ts';
import { leafState, type LeafState } from '../leaf.ts';
import { tell } from '../says.ts';
import { logWords, ofClocks } from './clocks.ts';
import { canSign } from './issuer.ts';

export const leafs = identityCheck({
  id: 'leafs',
  asks: 'Are the certificates of the proxies good, and do they get the next ones?',
  why: 'A proxy that does not reach linkerd-identity works on until its certificate ends.',
  rulesOut: 'proxies whose certificate ended, or that hold other anchors',
  uses: [],
  sees: gathered,
  judge: (_, seen, asked) => {
    const c = caseOf(seen, asked);
    const found = [
      ...ofBundles(c),
      ...ofTrustDomain(c),
      ...ofClocks(c),
      ...ofReach(c),
      ...ofLeafs(c),
      ...withoutLeaf(c),
    ];
    return found.length > 0 || (seen.proxies ?? []).length > 0
      ? found
      : skip('no proxy was found to ask');
  },
});

/** Pods whose anchors are not those of the ConfigMap. */
function ofBundles({ seen, issuer, install }: Case): readonly Found[] {
  const { pods, anchors, proxies = [] } = seen;
  if (pods?.kind !== 'known' || anchors?.kind !== 'known') return [];
  const { current, above, confirmed: sure } = issuer;
  const { now, pem } = anchors.value;
  const other = pods.value.pods.filter(
    (pod) => linkerdRole(pod).is === 'meshed' && anchorsOf(pod, pem) === 'other',
  );
  const isUntrusted = (by: readonly Certificate[]): boolean =>
    current !== undefined &&
    by.length > 0 &&
    trustIn(current, above, by, Math.min(now, current.until)).is === 'untrusted';
  const refuse = other.filter((pod) => isUntrusted(anchorsIn(pod)));
  const rest = other.filter((pod) => !refuse.includes(pod));
  const from = cite(pods, anchors, ...proxies.slice(0, 2).map(({ certificate }) => certificate));
  const all = count(pods.value.pods.length, 'meshed pod');
  const restart = (some: readonly Pod[]) => ({ from, fixes: fixes.restartAll(some, install) });
  // With an issuer that the bundle does not lead to, these are the pods that still work: no word of restarting them.
  const isOld = rest.length > 0 && !isUntrusted(anchors.value.anchors);
  return [
    ...(refuse.length > 0
      ? [tell('anchors-differ', podSlots(refuse, all), { ...restart(refuse), sure })]
      : []),
    ...(isOld ? [tell('anchors-old', podSlots(rest, all), restart(rest))] : []),
  ];
}

function ofTrustDomain({ seen: { pods, mesh }, install }: Case): readonly Found[] {
  const domain = valueOf(mesh)?.config?.trustDomain;
  if (pods?.kind !== 'known' || mesh?.kind !== 'known' || domain === undefined) return [];
  const suffix = `.identity.${mesh.value.namespace}.${domain}`;
  const other = pods.value.pods.filter((pod) => identityOf(pod)?.endsWith(suffix) === false);
  if (other.length === 0) return [];
  const slots = { ...podSlots(other, count(pods.value.pods.length, 'meshed pod')), domain };
  const rest = { from: cite(pods, mesh), fixes: fixes.restartAll(other, install) };
  return [tell('trust-domain-differs', slots, rest)];
}

/** Why a proxy does not get its certificate, in its own words. */
function ofReach({ seen: { proxies = [] }, install }: Case): readonly Found[] {
  for (const one of proxies) {
    const { trouble, policies, certificate } = one;
    const pod = one.pod.ref;
    const [blocking] = valueOf(policies)?.blocking ?? [];
    if (blocking && policies?.kind === 'known') {
      const policy = `${blocking.namespace}/${blocking.name}`;
      const from = cite(policies, trouble, certificate);
      const rest = { from, sure: false, fixes: [fixes.seePolicy(blocking, install)] };
      return [tell('identity-blocked', { policy, pod }, rest)];
    }
    if (trouble?.kind !== 'known' || trouble.value.failure?.because !== 'unreachable') continue;
    if (leafOf(one)?.state.is === 'expired' && isShutOut(one)) continue;
    const line = logWords(trouble.value.failure.line);
    const rest = { from: cite(trouble, certificate), fixes: fixes.reachIdentity(install) };
    return [tell('identity-unreachable', { pod, line }, { ...rest, sure: false })];
  }
  return [];
}

type Leaf = Sampled & { readonly state: LeafState; readonly until: number };

function leafOf(one: Sampled): Leaf | undefined {
  const found = valueOf(one.certificate);
  if (found?.is !== 'presented') return undefined;
  return { ...one, state: leafState(found.leaf, found.now), until: found.leaf.until };
}

function ofLeafs(c: Case): readonly Found[] {
  const { proxies = [] } = c.seen;
  const all = proxies.flatMap((one) => leafOf(one) ?? []);
  const expired = all.filter(({ state }) => state.is === 'expired');
  const lockedOut = canSign(c) ? expired.filter(isLockedOut) : [];
  const others = expired.filter((one) => !lockedOut.includes(one));
  const overdue = all.filter(({ state }) => state.is === 'overdue');
  const restart = (bad: readonly Leaf[]) => fixes.restartAll(podsOf(bad), c.install);
  return [
    ...ofBad(c, 'leaf-locked-out', lockedOut, {
      // Its own log shows that it came, and was sent away.
      sure: lockedOut.every(isShutOut),
      fixes: restart(lockedOut),
    }),
    ...ofBad(c, 'leaf-expired', others, { fixes: restart(others) }),
    ...ofBad(c, 'leaf-overdue', overdue, { fixes: [readIdentity(c)] }),
  ];
}

function ofBad(
  { seen: { proxies = [] }, now }: Case,
  id: 'leaf-locked-out' | 'leaf-expired' | 'leaf-overdue',
  bad: readonly Leaf[],
  rest: Pick<Rest, 'sure' | 'fixes'>,
): readonly Found[] {
  const [first, ...others] = evidenceOf(bad);
  if (!first) return [];
  const when = whenText(Math.min(...bad.map(({ until }) => until)), now);
  const slots = { ...podSlots(podsOf(bad), lookedAt(proxies)), when };
  return [tell(id, slots, { ...rest, from: [first, ...others] })];
}

/** Nothing else is known to keep it from the next one. */
function isLockedOut(one: Leaf): boolean {
  const isFree = (valueOf(one.policies)?.blocking ?? []).length === 0;
  return isFree && (valueOf(one.trouble)?.failure === undefined || isShutOut(one));
}

function withoutLeaf(c: Case): readonly Found[] {
  const { proxies = [] } = c.seen;
  const bad = proxies.filter(({ certificate }) => valueOf(certificate)?.is === 'none');
  const [first, ...others] = evidenceOf(bad);
  const [one] = bad;
  if (!first || !one) return [];
  const found = valueOf(one.certificate);
  const trouble = valueOf(one.trouble);
  const logged = trouble?.failure?.line ?? trouble?.waiting;
  const because = found?.is === 'none' ? found.because : undefined;
  const why = logged === undefined ? because : logWords(logged);
  const slots = { ...podSlots(podsOf(bad), lookedAt(proxies)), why };
  return [tell('no-leaf', slots, { from: [first, ...others], fixes: [readIdentity(c)] })];
}

function readIdentity({ install }: Case) {
  return fixes.readIdentity(install, 'Read what linkerd-identity says');
}

function evidenceOf(all: readonly Sampled[]): readonly Seen[] {
  return all
    .flatMap(({ certificate, trouble }) => [certificate, trouble])
    .flatMap((answer) => (answer?.kind === 'known' ? [answer] : []))
    .slice(0, 5);
}

/** Identity ends the connection of a proxy that comes with an expired certificate, which looks as if it were out of reach. */
function isShutOut({ trouble }: Sampled): boolean {
  return /: connection error|BrokenPipe/.test(valueOf(trouble)?.failure?.line ?? '');
}

function podsOf(all: readonly Sampled[]): readonly Pod[] {
  return all.map(({ pod }) => pod);
}

function lookedAt(proxies: readonly Sampled[]): string {
  return `${proxies.length} pods that were looked at`;
}

/** A subject in the singular: one proxy by its pod's name, several by their number, and then which they are. */
function podSlots(pods: readonly Pod[], ofHowMany: string) {
  const [first, ...others] = pods;
  if (first && others.length === 0)
    return { pods: `The proxy in ${podText(first.ref)}`, which: undefined };
  // As many as a person reads.
  const shown = pods.slice(0, 8).map(({ ref }) => podText(ref));
  const more = pods.length - shown.length;
  return {
    pods: `Each proxy in ${pods.length} of ${ofHowMany}`,
    which: `They are ${listed(more > 0 ? [...shown, `${more} more`] : shown)}.`,
  };
}
