// A certificate for loopback, made anew in each process so that no key is ever committed.
import { generate } from 'selfsigned';

export type Certificate = { readonly key: string; readonly cert: string };

let made: Promise<Certificate> | undefined;

/** Self-signed, so it is its own CA; for 127.0.0.1, localhost and `apiserver.test`. */
export function certificate(): Promise<Certificate> {
  return (made ??= makeCertificate());
}

/** Another key pair: a client's, or a CA that did not sign the server's. */
export async function makeCertificate(name = 'fake apiserver'): Promise<Certificate> {
  const pair = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
          { type: 2, value: 'apiserver.test' },
        ],
      },
    ],
  });
  return { key: pair.private, cert: pair.cert };
}
