// Container logs.
import { expect, test } from 'vitest';
import { status } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, startFake } from './open.ts';

const logs = {
  ask: 'logs',
  pod: { namespace: 'shop', name: 'web' },
  container: 'istio-proxy',
  tailLines: 3,
} as const;

test('the last lines, only those that match', async () => {
  const fake = await startFake({ logs: { 'shop/web/istio-proxy': 'one\ntwo\r\nthree\n\nfive\n' } });
  const connection = await openTo(fake);
  expect(await ask(connection, logs)).toEqual({ ok: true, value: ['three', '', 'five'] });
  expect(
    await ask(connection, { ...logs, tailLines: 9, match: { name: 't', pattern: '^t' } }),
  ).toEqual({
    ok: true,
    value: ['two', 'three'],
  });
});

test('what is asked of the server', async () => {
  const fake = await startFake();
  await ask(await openTo(fake), { ...logs, previous: true, sinceSeconds: 60 });
  expect(fake.requests[0]?.path).toBe('/api/v1/namespaces/shop/pods/web/log');
  expect(Object.fromEntries(fake.requests[0]?.query ?? [])).toEqual({
    container: 'istio-proxy',
    tailLines: '3',
    sinceSeconds: '60',
    previous: 'true',
    limitBytes: String(4 * 1024 * 1024),
  });
});

test.each([
  [
    400,
    'previous terminated container "istio-proxy" in pod "web" not found',
    'the container istio-proxy of shop/web has not run before',
  ],
  [
    400,
    'container "istio-proxy" in pod "web" is waiting to start: PodInitializing',
    'the container istio-proxy of shop/web has not started',
  ],
  [400, 'container istio-proxy is not valid for pod web', 'shop/web has no container istio-proxy'],
  [404, 'pods "web" not found', 'no pod shop/web'],
])('a log that is not there is absent: %i %s', async (code, message, detail) => {
  const fake = await startFake({
    fault: () => ({ status: code, json: status(code, '', message) }),
  });
  expect(await ask(await openTo(fake), logs)).toEqual({ ok: false, why: 'absent', detail });
});

test('forbidden, and a web page', async () => {
  const faults = [
    { status: 403 },
    { status: 200, text: '<html>', headers: { 'Content-Type': 'text/html' } },
  ];
  const fake = await startFake({ fault: () => faults.shift() });
  const connection = await openTo(fake);
  expect(await ask(connection, logs)).toMatchObject({
    why: 'forbidden',
    detail: 'may not get pods/log in shop',
  });
  expect(await ask(connection, logs)).toMatchObject({ why: 'unreadable' });
});

test('a log that the server cut at the limit lacks its newest lines, so it is a gap', async () => {
  const limit = 4 * 1024 * 1024;
  const text = 'x'.repeat(limit - 1);
  const fake = await startFake({ logs: { 'shop/web/istio-proxy': `${text}\n` } });
  expect(await ask(await openTo(fake), logs)).toMatchObject({
    ok: false,
    why: 'unreadable',
    detail: 'the server cut the log off at 4 MiB, so its newest lines are missing',
  });
  const fits = await startFake({ logs: { 'shop/web/istio-proxy': `${text.slice(1)}\n` } });
  expect(await ask(await openTo(fits), logs)).toMatchObject({ ok: true });
});
