// The `prometheus` question: a GET to the address the user gave, with its own credentials and none of the cluster's.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from '../../src/live/connect.ts';
import { ask, cleanEnv, later, liveOptions, openTo, startFake } from './open.ts';

const targets = { ask: 'prometheus', path: '/api/v1/targets?state=active' } as const;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function seen(address: (host: string) => string, env: NodeJS.ProcessEnv = {}) {
  const requests: IncomingMessage[] = [];
  const host = await serve((req, res) => {
    requests.push(req);
    res.end('{"status":"success"}');
  });
  const fake = await startFake();
  const more = { prometheus: address(host), env: cleanEnv(env) };
  const reply = await ask(await openTo(fake, more), targets);
  const body = '{"status":"success"}';
  expect(reply).toEqual({ ok: true, value: { is: 'answered', status: 200, body } });
  return requests.map(({ url, headers }) => [url, headers.authorization]);
}

test('the path behind its prefix, without the credentials of the cluster', async () => {
  const wanted = [['/prom/api/v1/targets?state=active', undefined]];
  expect(await seen((host) => `http://${host}/prom/`)).toEqual(wanted);
});

test('user information in the URL, or a token from the environment', async () => {
  const [basic] = await seen((host) => `http://ann:s%40@${host}`);
  expect(basic?.[1]).toBe(`Basic ${Buffer.from('ann:s@').toString('base64')}`);
  const [bearer] = await seen((host) => `http://${host}`, { MESHDOC_PROMETHEUS_TOKEN: 'abc' });
  expect(bearer?.[1]).toBe('Bearer abc');
});

test('an address where nothing listens, and none at all', async () => {
  const fake = await startFake();
  const dead = await ask(await openTo(fake, { prometheus: 'http://127.0.0.1:9' }), targets);
  expect(dead).toMatchObject({ ok: false, why: 'unreachable' });
  expect(await ask(await openTo(fake), targets)).toMatchObject({ ok: false, why: 'refused' });
});

test('what is no URL is said before anything is asked', async () => {
  const fake = await startFake();
  const refused = await connect(liveOptions({ kubeconfig: 'none', prometheus: 'prom:9090' }));
  expect(refused.ok).toBe(false);
  const opened = openTo(fake, { prometheus: 'ftp://prom' });
  await expect(opened).rejects.toThrow('--prometheus takes a URL');
});
