// Linkerd's own rules for trust anchors and issuers, evaluated on public certificates
// (linkerd2 pkg/issuercerts/issuercerts.go, pkg/tls/cred.go Verify, pkg/identity/service.go loadCredentials).
import type { Certificate } from '../../../src/model/certificates/x509.ts';

/** issuercerts.go expirationWarningThresholdInDays */
export const SOON_MS = 60 * 86_400_000;

const ecdsa = { keys: ['ECDSA P-256'], signatures: ['ECDSA-SHA256', 'SHA256-RSA'] };
const rsa = { keys: ['RSA 2048', 'RSA 4096'], signatures: ['SHA256-RSA'] };

/** CheckTrustAnchorAlgoRequirements: what is wrong with an anchor's key or signature, as a clause. */
export function anchorKeyProblem(anchor: Certificate): string | undefined {
  if (anchor.key.startsWith('ECDSA ')) return problem(anchor, ecdsa);
  if (anchor.key.startsWith('RSA ')) return problem(anchor, rsa);
  return `its key is ${anchor.key}, not ECDSA or RSA`;
}

/** CheckIssuerCertAlgoRequirements: the same for an issuer, which must be ECDSA. */
export function issuerKeyProblem(issuer: Certificate): string | undefined {
  return problem(issuer, ecdsa);
}

function problem({ key, signature }: Certificate, allowed: typeof rsa): string | undefined {
  const { keys, signatures } = allowed;
  if (!keys.includes(key)) return `its key is ${key}, not ${keys.join(' or ')}`;
  if (signatures.includes(signature)) return undefined;
  const signed = signature || 'an algorithm unknown to meshdoc';
  return `it is signed with ${signed}, not ${signatures.join(' or ')}`;
}
