// The `exec` question: a command in a container.
import { describe, expect, test } from 'vitest';
import { status, type FakeExec } from '../helpers/fake-apiserver/index.ts';
import { ask, openTo, startFake } from './open.ts';

const exec = {
  ask: 'exec',
  pod: { namespace: 'shop', name: 'web' },
  container: 'istio-proxy',
  argv: ['pilot-agent', 'request', 'GET', 'stats?filter=a b'],
} as const;

test('output, errors and exit code; every word of the command on its own', async () => {
  const fake = await startFake({
    exec: (argv, pod, container) => ({
      stdout: JSON.stringify([argv, pod, container]),
      stderr: 'hm',
      exitCode: 3,
    }),
  });
  const reply = await ask(await openTo(fake), exec);
  const stdout = JSON.stringify([exec.argv, 'shop/web', 'istio-proxy']);
  expect(reply).toEqual({ ok: true, value: { exitCode: 3, stdout, stderr: 'hm' } });
  expect(fake.requests.map((r) => [r.verb, r.upgrade])).toEqual([['GET', true]]);
});

test('success without output', async () => {
  const fake = await startFake({ exec: () => ({}) });
  expect(await ask(await openTo(fake), exec)).toEqual({
    ok: true,
    value: { exitCode: 0, stdout: '', stderr: '' },
  });
});

describe('commands that do not run', () => {
  test.each<[string, string, string]>([
    [
      'exec: "pilot-agent": executable file not found in $PATH',
      'tool-missing',
      'there is no pilot-agent in the container istio-proxy',
    ],
    [
      'container not found ("istio-proxy")',
      'absent',
      'the container istio-proxy of shop/web is not running',
    ],
    [
      'something else',
      'server-error',
      'the node could not run pilot-agent in the container istio-proxy',
    ],
  ])('%s', async (refused, why, detail) => {
    const fake = await startFake({ exec: () => ({ refused }) });
    expect(await ask(await openTo(fake), exec)).toEqual({ ok: false, why, detail });
  });

  test.each([
    [{ status: 403 }, 'forbidden', 'may not create pods/exec in shop'],
    [{ status: 404, json: status(404, 'NotFound', '') }, 'absent', 'no pod shop/web'],
    [{ status: 400 }, 'absent', 'shop/web has no running container istio-proxy'],
    [{ status: 500 }, 'server-error', 'the server answered HTTP 500'],
  ])('%o', async (fault, why, detail) => {
    const fake = await startFake({ fault: () => fault });
    expect(await ask(await openTo(fake), exec)).toEqual({ ok: false, why, detail });
  });
});

test('a command that says nothing until the deadline times out; an interrupt is one', async () => {
  const silent: FakeExec = 'silent';
  const fake = await startFake({ exec: () => silent });
  const connection = await openTo(fake, { requestTimeoutMs: 150 });
  expect(await ask(connection, exec)).toMatchObject({ ok: false, why: 'timed-out' });
  const patient = await openTo(fake);
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, 100);
  expect(await ask(patient, exec, stop.signal)).toMatchObject({ ok: false, why: 'interrupted' });
  await expect.poll(() => fake.open).toBe(0);
});
