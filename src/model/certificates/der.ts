// The one thing about a certificate that Node 20 does not tell: which algorithm signed it.

/** By object identifier (RFC 5758, RFC 8017, RFC 8410), in hexadecimal. */
const SIGNATURES: Readonly<Record<string, string>> = {
  '2a8648ce3d0401': 'ECDSA-SHA1',
  '2a8648ce3d040302': 'ECDSA-SHA256',
  '2a8648ce3d040303': 'ECDSA-SHA384',
  '2a8648ce3d040304': 'ECDSA-SHA512',
  '2a864886f70d010105': 'SHA1-RSA',
  '2a864886f70d01010b': 'SHA256-RSA',
  '2a864886f70d01010c': 'SHA384-RSA',
  '2a864886f70d01010d': 'SHA512-RSA',
  '2a864886f70d01010a': 'RSA-PSS',
  '2b6570': 'Ed25519',
};

/** The algorithm that signed a certificate in DER, as Go names it; '' if it is not in the list or the bytes are no certificate. */
export function signatureOf(der: Uint8Array): string {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OID, ... }, signature } (RFC 5280 4.1)
  const certificate = element(der, 0);
  const signed = certificate && element(der, certificate.start);
  const algorithm = signed && element(der, signed.end);
  const oid = algorithm && element(der, algorithm.start);
  if (oid?.tag !== OID) return '';
  return SIGNATURES[Buffer.from(der.subarray(oid.start, oid.end)).toString('hex')] ?? '';
}

const OID = 0x06;
type Element = { readonly tag: number; readonly start: number; readonly end: number };

/** One tag, length and value (X.690 8.1); `undefined` past the end. */
function element(der: Uint8Array, at: number): Element | undefined {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + more;
  const length = more === 0 ? first : der.subarray(at + 2, start).reduce((n, b) => n * 256 + b, 0);
  return { tag, start, end: start + length };
}
