// Linkerd's own rules for trust anchors and issuers, evaluated on public certificates
// (linkerd2 pkg/issuercerts/issuercerts.go, pkg/tls/cred.go Verify, pkg/identity/service.go loadCredentials).
import { isSignedBy, type Certificate } from '../../../src/model/certificates/x509.ts';

const DAY_MS = 86_400_000;
/** issuercerts.go expirationWarningThresholdInDays */
const SOON_MS = 60 * DAY_MS;

export type Validity = 'valid' | 'soon' | 'expired' | 'not-yet';

export function validity({ from, until }: Certificate, now: number): Validity {
  if (from > now) return 'not-yet';
  if (until < now) return 'expired';
  return now + SOON_MS > until ? 'soon' : 'valid';
}

/** CheckTrustAnchorAlgoRequirements: what is wrong with an anchor's key or signature, as a clause. */
export function anchorKeyProblem(anchor: Certificate): string | undefined {
  if (anchor.key.startsWith('ECDSA ')) return ecdsaProblem(anchor);
  if (!anchor.key.startsWith('RSA ')) return `its key is ${anchor.key}, not ECDSA or RSA`;
  if (!['RSA 2048', 'RSA 4096'].includes(anchor.key))
    return `its key is ${anchor.key}, not RSA 2048 or RSA 4096`;
  return anchor.signature === 'SHA256-RSA'
    ? undefined
    : `it is signed with ${signature(anchor)}, not SHA256-RSA`;
}

/** CheckIssuerCertAlgoRequirements: the same for an issuer, which must be ECDSA. */
export function issuerKeyProblem(issuer: Certificate): string | undefined {
  if (!issuer.key.startsWith('ECDSA ')) return `its key is ${issuer.key}, not ECDSA P-256`;
  return ecdsaProblem(issuer);
}

function ecdsaProblem(one: Certificate): string | undefined {
  if (one.key !== 'ECDSA P-256') return `its key is ${one.key}, not ECDSA P-256`;
  return ['ECDSA-SHA256', 'SHA256-RSA'].includes(one.signature)
    ? undefined
    : `it is signed with ${signature(one)}, not ECDSA-SHA256 or SHA256-RSA`;
}

function signature(one: Certificate): string {
  return one.signature || 'an algorithm that is not known here';
}

/** Whether an issuer leads to an anchor, as Go's x509 package walks there. */
export type Trust =
  | { readonly is: 'trusted'; readonly anchor: Certificate }
  /** A certificate on the way is out of its time; `which` may be the issuer itself. */
  | { readonly is: 'out-of-time'; readonly which: Certificate }
  /** A certificate on the way may not sign others, or not for servers. */
  | { readonly is: 'unfit'; readonly which: Certificate }
  | { readonly is: 'untrusted' };

export function trustIn(
  issuer: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  now: number,
): Trust {
  return step([issuer], { intermediates, anchors, now });
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

/** The first that is trusted; else the one that came nearest. */
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
