// Whether certificates are valid now, and which anchors make them trusted: as Go's crypto/x509 decides.
import { whenText } from './text.ts';
import { isSignedBy, type Certificate } from './x509.ts';

export type Validity = 'valid' | 'soon' | 'expired' | 'not-yet';

/** `soonMs`: how long before its expiry a certificate counts as expiring soon. */
export function validity({ from, until }: Certificate, now: number, soonMs: number): Validity {
  if (from > now) return 'not-yet';
  if (until < now) return 'expired';
  return now + soonMs > until ? 'soon' : 'valid';
}

/** Whether a chain leads from a certificate to an anchor, as Go's x509 package builds it. */
export type Trust =
  | { readonly is: 'trusted'; readonly anchor: Certificate }
  /** A certificate of the chain is expired or not valid yet; `which` may be the first one itself. */
  | { readonly is: 'out-of-time'; readonly which: Certificate }
  /** A certificate of the chain may not sign others, or not for servers. */
  | { readonly is: 'unfit'; readonly which: Certificate }
  | { readonly is: 'untrusted' };

export function trustIn(
  one: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  now: number,
): Trust {
  return step([one], { intermediates, anchors, now });
}

type World = {
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly now: number;
};

function step(path: readonly [Certificate, ...Certificate[]], world: World): Trust {
  const [last] = path;
  const wrong = problemOf(last, path, world.now);
  if (wrong) return wrong;
  if (world.anchors.some((anchor) => isSame(anchor, last))) return { is: 'trusted', anchor: last };
  const met = (one: Certificate) => path.some((other) => isSame(one, other));
  const parents = [...world.anchors, ...world.intermediates].filter(
    (one) => !met(one) && isSignedBy(last, one),
  );
  const found = parents.map((parent) => step([parent, ...path], world));
  return best(found);
}

/** The first that is trusted; else the one that came closest. */
function best(found: readonly Trust[]): Trust {
  const order: readonly Trust['is'][] = ['trusted', 'out-of-time', 'unfit', 'untrusted'];
  const [first] = found.toSorted((a, b) => order.indexOf(a.is) - order.indexOf(b.is));
  return first ?? { is: 'untrusted' };
}

/** Go's default is that a chain must be good for servers (crypto/x509 VerifyOptions.KeyUsages). */
const FOR_SERVERS = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

function problemOf(one: Certificate, path: readonly Certificate[], now: number): Trust | undefined {
  if (one.from > now || one.until < now) return { is: 'out-of-time', which: one };
  const signs = path.length > 1;
  if (signs && !one.ca) return { is: 'unfit', which: one };
  const fits = one.uses.length === 0 || one.uses.some((use) => FOR_SERVERS.includes(use));
  return fits ? undefined : { is: 'unfit', which: one };
}

function isSame(one: Certificate, other: Certificate): boolean {
  return one.fingerprint === other.fingerprint;
}

/** Why a caller of `host` that trusts `anchors` rejects what is served there, as a clause; `undefined`: nothing is wrong. */
export function whyUntrusted(
  { leaf, issuers, now }: Presented,
  { host, anchors }: { readonly host: string; readonly anchors: readonly Certificate[] },
): string | undefined {
  if (leaf.until < now) return `it expired ${whenText(leaf.until, now)}`;
  if (isForeign({ leaf, issuers, now }, anchors))
    return `${leaf.subject || 'it'} is not signed by it`;
  return leaf.names.includes(host) ? undefined : `it is not valid for ${host}`;
}

/** Whether no chain leads to any of the anchors. */
export function isForeign(
  { leaf, issuers, now }: Presented,
  anchors: readonly Certificate[],
): boolean {
  const isKnown = anchors.some((anchor) => isSame(anchor, leaf) || isSignedBy(leaf, anchor));
  return !isKnown && trustIn(leaf, issuers, anchors, now).is === 'untrusted';
}

type Presented = {
  readonly leaf: Certificate;
  readonly issuers: readonly Certificate[];
  readonly now: number;
};
