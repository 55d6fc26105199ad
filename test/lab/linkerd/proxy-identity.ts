// How the fake proxy gets its certificate: a request to the fake identity, over plain HTTP where upstream speaks gRPC
// in mTLS. What can go wrong is the same: nobody answers, the issuer refuses, the chain ends in no trust anchor.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { csrFor } from './openssl.ts';
import { info, say } from './proxy-log.ts';

export type Leaf = { readonly chain: string; readonly key: string; readonly until: number };

const env = (name: string): string => process.env[`LINKERD2_PROXY_IDENTITY_${name}`] ?? '';

export const localName = (): string => env('LOCAL_NAME');

function identityAddress(): { readonly host: string; readonly port: string } {
  const [host = '', port = '8080'] = env('SVC_ADDR').split(':');
  return { host: host.replace(/\.$/, ''), port };
}

function post(host: string, port: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path: '/certify', method: 'POST', timeout: 3000 };
    const call = request(options, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(text) : reject(new Error(text.trim())),
      );
    });
    call.on('timeout', () => call.destroy(new Error('connect timed out after 1s')));
    call.on('error', reject);
    call.end(body);
  });
}

const blocks = (pem: string): readonly string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/** As rustls names it when no anchor signed the last certificate of the chain. */
export function trusted(chain: string, anchors: string): 'ok' | 'UnknownIssuer' | 'Expired' {
  const roots = blocks(anchors).map((pem) => new X509Certificate(pem));
  if (roots.length === 0) return 'ok';
  const last = blocks(chain).at(-1);
  if (last === undefined) return 'UnknownIssuer';
  const issuer = new X509Certificate(last);
  const root = roots.find((each) => each.raw.equals(issuer.raw) || issuer.verify(each.publicKey));
  if (!root) return 'UnknownIssuer';
  return [issuer, root].some((each) => new Date(each.validTo) < new Date()) ? 'Expired' : 'ok';
}

async function certifyOnce(): Promise<Leaf> {
  const { host, port } = identityAddress();
  const [{ csr, key }, token] = await Promise.all([
    csrFor(localName()),
    readFile(env('TOKEN_FILE'), 'utf8').catch(() => ''),
  ]);
  const identity = localName();
  const chain = await post(host, port, JSON.stringify({ identity, csr, token }));
  const verdict = trusted(chain, env('TRUST_ANCHORS'));
  if (verdict !== 'ok') throw new Error(`invalid peer certificate: ${verdict}`);
  return { chain, key, until: new Date(new X509Certificate(chain).validTo).getTime() / 1000 };
}

const RETRY_MS = 400;
const COMPLAIN_MS = 15_000;
const CLIENT = 'linkerd_proxy_identity_client::certify';

/** Asks until it has one. Upstream waits 10 s between two tries; it complains as often as here. */
export async function certify(onFailed: () => void): Promise<Leaf> {
  const { host, port } = identityAddress();
  const span = `daemon:identity:identity{server.addr=${host}:${port}}`;
  let complained = Date.now();
  let said = '';
  for (;;) {
    try {
      const leaf = await certifyOnce();
      info('daemon:identity: linkerd_app', `Certified identity id=${localName()}`);
      return leaf;
    } catch (error) {
      onFailed();
      const text = `Failed to obtain identity error=${(error as Error).message}`;
      if (text !== said) say({ level: 'ERROR', from: `${span}: ${CLIENT}`, text }, 2);
      said = text;
      if (Date.now() - complained > COMPLAIN_MS) {
        complained = Date.now();
        const waiting = 'Waiting for identity to be initialized...';
        say({ level: 'WARN', from: 'linkerd_app', text: waiting });
      }
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}
