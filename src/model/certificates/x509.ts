// Public certificates, read from PEM text: their subject, their issuer and their dates. Pure functions of text.
import { X509Certificate, createHash } from 'node:crypto';
import { byText } from '../../core/by-text.ts';
import { signatureOf } from './der.ts';
import { time } from '../kube/read.ts';

export type Certificate = {
  /** SHA-256 of the whole certificate: equal means the same one. */
  readonly fingerprint: string;
  /** `O=cluster.local`, on one line. */
  readonly subject: string;
  /** The subject of the certificate that signed it. */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly pem: string;
  readonly ca: boolean;
  /** DNS names and URIs it is good for. */
  readonly names: readonly string[];
  /** `ECDSA P-256`, `RSA 2048`. */
  readonly key: string;
  /** How its issuer signed it: `ECDSA-SHA256`; '' for an algorithm that is not known here. */
  readonly signature: string;
  /** Object identifiers of extended key usages; empty when it may be used for anything. */
  readonly uses: readonly string[];
};

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate of a bundle; an unreadable block is skipped, as in Go's AppendCertsFromPEM. */
export function readCertificates(pem: string): readonly Certificate[] {
  return (pem.match(BLOCK) ?? []).flatMap((block) => certificate(block).read ?? []);
}

/** SHA-256 of the exact text of a bundle, in hexadecimal: another order or line end gives another sum. */
export function textSum(pem: string): string {
  return createHash('sha256').update(pem).digest('hex');
}

/** Whether the second one's key signed the first one, and their names say so. */
export function isSignedBy(one: Certificate, other: Certificate): boolean {
  try {
    const [child, parent] = [new X509Certificate(one.pem), new X509Certificate(other.pem)];
    return child.issuer === parent.subject && child.verify(parent.publicKey);
  } catch {
    return false;
  }
}

/** Cached by the text of one block: a mesh gives the same bundle to each of its proxies. */
const certificate = byText((block) => ({ read: read(block) }));

function read(block: string): Certificate | undefined {
  try {
    const x509 = new X509Certificate(block);
    const from = time(x509.validFrom);
    const until = time(x509.validTo);
    if (from === undefined || until === undefined) return undefined;
    // A certificate without a subject reads as undefined here.
    const name = (x509.subject as string | undefined) ?? '';
    // The same here; any use is allowed then.
    const uses = x509.keyUsage as readonly string[] | undefined;
    return {
      fingerprint: x509.fingerprint256,
      subject: name.split('\n').join(', '),
      issuer: ((x509.issuer as string | undefined) ?? '').split('\n').join(', '),
      from,
      until,
      pem: block,
      ca: x509.ca,
      names: namesOf(x509.subjectAltName),
      key: keyOf(x509),
      signature: signatureOf(x509.raw),
      uses: uses ?? [],
    };
  } catch {
    return undefined;
  }
}

function namesOf(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '').split(', ').flatMap((entry) => {
    const [, name] = /^(?:DNS|URI):"?([^"]+)"?$/.exec(entry) ?? [];
    return name === undefined ? [] : [name];
  });
}

/** In the words of NIST, which Linkerd's and Go's own messages use. */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp224r1: 'P-224',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function keyOf({ publicKey }: X509Certificate): string {
  const { namedCurve = '', modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
  switch (publicKey.asymmetricKeyType) {
    case 'ec':
      return `ECDSA ${CURVES[namedCurve] ?? namedCurve}`;
    case 'rsa':
    case 'rsa-pss':
      return `RSA ${modulusLength}`;
    case 'ed25519':
      return 'Ed25519';
    default:
      return publicKey.asymmetricKeyType ?? '';
  }
}
