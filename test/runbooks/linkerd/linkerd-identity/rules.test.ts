// issuercerts.json: 56 sets of generated certificates, and what linkerd2's own code said of each
// (pkg/issuercerts and pkg/tls at b24cd4059, called from a Go test; `at` is when).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchorKeyProblem,
  issuerKeyProblem,
  SOON_MS,
} from '../../../../runbooks/linkerd/linkerd-identity/rules.ts';
import { trustIn, validity } from '../../../../src/model/certificates/trust.ts';
import { readCertificates, type Certificate } from '../../../../src/model/certificates/x509.ts';

type Row = {
  readonly name: string;
  readonly anchors: string;
  readonly issuer: string;
  readonly ofEachAnchor: readonly {
    readonly crypto: string;
    readonly time: string;
    readonly soon: string;
  }[];
  readonly issuerCrypto: string;
  readonly issuerTime: string;
  readonly issuerSoon: string;
  readonly issuerVerify: string;
  readonly issuerIsCA: boolean;
};
const table = JSON.parse(readFileSync(join(import.meta.dirname, 'issuercerts.json'), 'utf8')) as {
  readonly at: string;
  readonly rows: readonly Row[];
};
const at = Date.parse(table.at);

function timeOf(time: string, soon: string): string {
  if (time.startsWith('not valid before')) return 'not-yet';
  if (time !== '') return 'expired';
  return soon === '' ? 'valid' : 'soon';
}

function trustOf(verify: string): string {
  if (verify === '') return 'trusted';
  if (verify.includes('expired or is not yet valid')) return 'out-of-time';
  if (verify.includes('incompatible key usage') || verify.includes('parent certificat'))
    return 'unfit';
  return 'untrusted';
}

describe('what Linkerd itself says', () => {
  it.each(table.rows)('$name', (row) => {
    const anchors = readCertificates(row.anchors);
    const [issuer, ...others] = readCertificates(row.issuer) as [Certificate, ...Certificate[]];
    expect(anchors.map((a) => anchorKeyProblem(a) !== undefined)).toEqual(
      row.ofEachAnchor.map(({ crypto }) => crypto !== ''),
    );
    expect(anchors.map((a) => validity(a, at, SOON_MS))).toEqual(
      row.ofEachAnchor.map(({ time, soon }) => timeOf(time, soon)),
    );
    expect(issuerKeyProblem(issuer) !== undefined).toBe(row.issuerCrypto !== '');
    expect(validity(issuer, at, SOON_MS)).toBe(timeOf(row.issuerTime, row.issuerSoon));
    expect(issuer.ca).toBe(row.issuerIsCA);
    // Path lengths are not read: Node does not tell them, and no tool of Linkerd's sets one.
    const known = row.name.includes('path length 0 and') ? 'trusted' : trustOf(row.issuerVerify);
    expect(trustIn(issuer, others, anchors, at).is).toBe(known);
  });
});

describe('trustIn', () => {
  const all = table.rows.flatMap(({ anchors, issuer }) => readCertificates(anchors + issuer));

  it('ends, whatever signed whatever, and trusts nobody without an anchor', () => {
    const some = fc.subarray([...all], { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...all), some, some, some, (issuer, others, anchors, more) => {
        const trust = trustIn(issuer, others, anchors, at);
        if (anchors.length === 0) expect(trust.is).not.toBe('trusted');
        // More anchors never take trust away.
        if (trust.is === 'trusted')
          expect(trustIn(issuer, others, [...anchors, ...more], at).is).toBe('trusted');
      }),
      { numRuns: 50 },
    );
  });
});

describe('readCertificates', () => {
  it('leaves out what is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const block = `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
        expect(readCertificates(block)).toEqual([]);
      }),
    );
  });
});
