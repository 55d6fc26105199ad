// Connections that are open before anybody asks.
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { makeCertificate, writeKubeconfig } from '../helpers/fake-apiserver/index.ts';
import { ask, cleanEnv, later, liveOptions, opened, openTo, startFake } from './open.ts';
import { makeBin } from './programs.ts';

const server = { ask: 'server' } as const;
const http = {
  ask: 'http',
  pod: { namespace: 'istio-system', name: 'istiod-1' },
  port: 15014,
  path: '/debug/syncz',
} as const;
const behind = {
  ports: {
    'istio-system/istiod-1:15014': (_: unknown, res: ServerResponse) => void res.end('[]'),
  },
};
const many = 8;

test('nothing is sent, and the first questions open none of their own', async () => {
  const fake = await startFake();
  const connection = await openTo(fake);
  connection.ready();
  await expect.poll(() => fake.connections).toBe(many);
  expect(fake.requests).toEqual([]);
  const replies = await Promise.all(Array.from({ length: many }, () => ask(connection, server)));
  expect(replies.every((reply) => reply.ok)).toBe(true);
  expect(fake.connections).toBe(many);
});

test('who asks before they are open waits for one of them', async () => {
  const fake = await startFake();
  const connection = await openTo(fake);
  connection.ready();
  expect((await ask(connection, server)).ok).toBe(true);
  await expect.poll(() => fake.connections).toBe(many);
});

test('a port-forward takes one, too', async () => {
  const fake = await startFake(behind);
  const connection = await openTo(fake);
  connection.ready();
  await expect.poll(() => fake.connections).toBe(many);
  expect((await ask(connection, http)).ok).toBe(true);
  expect(fake.connections).toBe(many);
});

test.each([
  ['a server name', { cluster: { 'tls-server-name': 'apiserver.test' } }, {}],
  ['no verification', {}, { insecureSkipTlsVerify: true }],
])('they are as the questions need them: %s', async (_, parts, options) => {
  const fake = await startFake();
  const connection = await openTo(fake, options, parts);
  connection.ready();
  await expect.poll(() => fake.connections).toBe(many);
  expect((await ask(connection, server)).ok).toBe(true);
  expect(fake.connections).toBe(many);
});

test('a client certificate is shown by each', async () => {
  const { cert, key } = await makeCertificate('alice');
  const data = (pem: string) => Buffer.from(pem).toString('base64');
  const user = { 'client-certificate-data': data(cert), 'client-key-data': data(key) };
  const fake = await startFake({ clientCertificates: true });
  const connection = await openTo(fake, {}, { user });
  connection.ready();
  await expect.poll(() => fake.connections).toBe(many);
  expect((await ask(connection, server)).ok).toBe(true);
  expect(fake.clients).toHaveLength(many);
});

test('where a plugin tells who we are, none is opened and the plugin is not run', async () => {
  const bin = makeBin();
  bin.add('plugin', 'note(1)');
  const fake = await startFake();
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'plugin' };
  const connection = await openTo(fake, { env: cleanEnv(bin.env) }, { user: { exec } });
  connection.ready();
  await new Promise((resolve) => setImmediate(resolve));
  expect([fake.open, bin.recorded()]).toEqual([0, []]);
});

test('what the server closed again is not used, and nobody hears of it', async () => {
  const fake = await startFake();
  const connection = await openTo(fake);
  connection.ready();
  await expect.poll(() => fake.connections).toBe(many);
  fake.drop();
  expect((await ask(connection, server)).ok).toBe(true);
});

test('that nobody listens is said by the question', async () => {
  const connection = await opened(
    liveOptions({ kubeconfig: writeKubeconfig({ server: 'https://127.0.0.1:1' }) }),
  );
  connection.ready();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await ask(connection, server)).toMatchObject({ ok: false, why: 'unreachable' });
});

test('close leaves none', async () => {
  const fake = await startFake();
  const connection = await openTo(fake);
  connection.ready();
  await expect.poll(() => fake.open).toBe(many);
  connection.close();
  await expect.poll(() => fake.open).toBe(0);
});

test('they keep no process alive', async () => {
  const fake = await startFake();
  const connection = await openTo(fake);
  const held = () =>
    process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
  const before = held();
  connection.ready();
  later(() => {
    connection.close();
  });
  expect(held()).toBe(before);
});
