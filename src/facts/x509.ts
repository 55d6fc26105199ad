// Public certificates, read from PEM text: who they are and when they end. A pure function of text.
import { X509Certificate } from 'node:crypto';
import { time } from './kube/read.ts';

export type Certificate = {
  /** SHA-256 of the whole certificate: equal means the same one. */
  readonly fingerprint: string;
  /** `O=cluster.local`, on one line. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
};

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate of a bundle; a block that is none is left out, as Go's AppendCertsFromPEM does. */
export function readCertificates(pem: string): readonly Certificate[] {
  return (pem.match(BLOCK) ?? []).flatMap((block) => read(block) ?? []);
}

function read(block: string): Certificate | undefined {
  try {
    const { fingerprint256, subject, validFrom, validTo } = new X509Certificate(block);
    const from = time(validFrom);
    const until = time(validTo);
    if (from === undefined || until === undefined) return undefined;
    // A certificate without a subject reads as undefined here.
    const name = (subject as string | undefined) ?? '';
    return { fingerprint: fingerprint256, subject: name.split('\n').join(', '), from, until };
  } catch {
    return undefined;
  }
}
