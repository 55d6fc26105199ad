// The `tls` question: a handshake through a port-forward.
import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { makeCertificate, type FakePort } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, startFake } from './open.ts';

const identity = {
  ask: 'tls',
  pod: { namespace: 'shop', name: 'web-1' },
  port: 4191,
  serverName: 'web.shop.serviceaccount.identity.linkerd.cluster.local',
} as const;

async function asked(port: FakePort) {
  const fake = await startFake({ ports: { 'shop/web-1:4191': port } });
  const reply = await ask(await openTo(fake, { requestTimeoutMs: 1500 }), identity);
  return reply.ok ? reply.value : reply;
}

test('the chain as it was presented, leaf first, whether or not anybody would trust it', async () => {
  const issuer = await makeCertificate('issuer');
  const leaf = await generate([{ name: 'commonName', value: 'web' }], {
    ...{ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' },
    ca: { key: issuer.key, cert: issuer.cert },
  });
  const names: string[] = [];
  const tls = {
    key: leaf.private,
    cert: `${leaf.cert.trim()}\n${issuer.cert}`,
    SNICallback: (name: string, done: (error: null) => void) => {
      names.push(name);
      done(null);
    },
  };
  const answer = await asked({ tls });
  if (!('chain' in answer)) throw new Error(JSON.stringify(answer));
  const chain = answer.chain.map((pem) => new X509Certificate(pem));
  expect(chain.map(({ subject }) => subject)).toEqual(['CN=web', 'CN=issuer']);
  expect(chain[0]?.raw.equals(new X509Certificate(leaf.cert).raw)).toBe(true);
  expect(names).toEqual([identity.serverName]);
});

test.each([
  ['nothing listens', 'refused', { is: 'closed' }],
  ['it does not speak TLS', 'gibberish', { is: 'refused' }],
  ['it hangs up', 'hangs-up', { is: 'refused' }],
  ['it ends the handshake', { tls: { minVersion: 'TLSv1.3' } }, { is: 'refused' }],
  ['it says nothing', 'silent', { is: 'silent' }],
] as const)('%s', async (_, port, wanted) => {
  expect(await asked(port)).toMatchObject(wanted);
});
