// Linkerd's own rules for trust anchors and issuers, evaluated on public certificates
// (linkerd2 pkg/issuercerts/issuercerts.go, pkg/tls/cred.go Verify, pkg/identity/service.go loadCredentials).
import type { Certificate } from '../../../src/model/certificates/x509.ts';

/** issuercerts.go expirationWarningThresholdInDays */
export const SOON_MS = 60 * 86_400_000;

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
