// Exec credential plugins, by client-go's contract.
import { describe, expect, test } from 'vitest';
import { makeCertificate, type Fault, type Recorded } from '../helpers/fake-apiserver/index.ts';
import { ask, cleanEnv, openTo, startFake } from './open.ts';
import { makeBin, type Bin } from './programs.ts';

const server = { ask: 'server' } as const;
const VERSION = 'client.authentication.k8s.io/v1';
/** A plugin whose token is `token-N` in its Nth run; `status` is more of its answer. */
const counting = (status = '{}', before = ''): string => `
  note({ info: process.env.KUBERNETES_EXEC_INFO, args: process.argv.slice(2), extra: process.env.EXTRA });
  const run = require('fs').readFileSync(process.env.RECORD, 'utf8').trim().split('\\n').length;
  process.stderr.write('s3cret on stderr\\n');
  ${before}
  console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${VERSION}', status: { token: 'token-' + run, ...${status} } }));`;
const user = (more: object = {}) => ({ exec: { apiVersion: VERSION, command: 'plugin', ...more } });
const open = (fake: Parameters<typeof openTo>[0], bin: Bin, exec: object = {}, more: object = {}) =>
  openTo(fake, { env: cleanEnv(bin.env), ...more }, { user: user(exec) });

describe('the contract', () => {
  test('arguments, environment and KUBERNETES_EXEC_INFO, with the cluster when asked for', async () => {
    const bin = makeBin();
    bin.add('plugin', counting());
    const fake = await startFake();
    const exec = {
      args: ['get-token', '--x'],
      env: [{ name: 'EXTRA', value: 'e' }],
      provideClusterInfo: true,
    };
    const extensions = [
      { name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } },
    ];
    const connection = await openTo(
      fake,
      { env: cleanEnv(bin.env) },
      { user: user(exec), cluster: { extensions } },
    );
    expect(await ask(connection, server)).toMatchObject({ ok: true });
    expect(fake.requests[0]?.headers.authorization).toBe('Bearer token-1');
    const seen = JSON.parse(bin.recorded()[0] ?? '');
    expect(seen).toMatchObject({ args: ['get-token', '--x'], extra: 'e' });
    expect(JSON.parse(seen.info)).toEqual({
      kind: 'ExecCredential',
      apiVersion: VERSION,
      spec: {
        interactive: false,
        cluster: {
          server: fake.url,
          'certificate-authority-data': Buffer.from(fake.ca).toString('base64'),
          config: { audience: 'a' },
        },
      },
    });
  });

  test('interactive only when it may be and wants to', async () => {
    const bin = makeBin();
    bin.add('plugin', counting());
    const fake = await startFake();
    const modes = ['IfAvailable', 'Never', 'Always'];
    for (const interactiveMode of modes) {
      await ask(await open(fake, bin, { interactiveMode }, { interactive: true }), server);
    }
    const spec = bin.recorded().map((line) => JSON.parse(JSON.parse(line).info).spec);
    expect(spec).toEqual([{ interactive: true }, { interactive: false }, { interactive: true }]);
    expect(await ask(await open(fake, bin, { interactiveMode: 'Always' }), server)).toMatchObject({
      why: 'unauthenticated',
      detail: 'the credential plugin plugin needs a terminal',
    });
  });

  test('a certificate instead of a token', async () => {
    const bin = makeBin();
    const { cert, key } = await makeCertificate('from-plugin');
    bin.add(
      'plugin',
      counting(JSON.stringify({ token: '', clientCertificateData: cert, clientKeyData: key })),
    );
    const fake = await startFake({ clientCertificates: true });
    expect(await ask(await open(fake, bin), server)).toMatchObject({ ok: true });
    expect(fake.clients).toEqual(['from-plugin']);
  });
});

describe('how often it runs', () => {
  test('once for questions at the same time and after one another, websockets included', async () => {
    const bin = makeBin();
    bin.add('plugin', counting());
    const fake = await startFake({ exec: () => ({}) });
    const connection = await open(fake, bin);
    const exec = {
      ask: 'exec',
      pod: { namespace: 'a', name: 'b' },
      container: 'c',
      argv: ['d'],
    } as const;
    await Promise.all([ask(connection, server), ask(connection, exec), ask(connection, server)]);
    await ask(connection, server);
    expect(bin.recorded()).toHaveLength(1);
    expect(fake.requests.every((r) => r.headers.authorization === 'Bearer token-1')).toBe(true);
  });

  test('again when the credential has expired', async () => {
    const bin = makeBin();
    bin.add(
      'plugin',
      counting('{ expirationTimestamp: new Date(Date.now() - 1000).toISOString() }'),
    );
    const fake = await startFake();
    const connection = await open(fake, bin);
    await ask(connection, server);
    await ask(connection, server);
    expect(fake.requests.map((r) => r.headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  test('once more after a 401, for everybody', async () => {
    const bin = makeBin();
    bin.add('plugin', counting());
    const fault = (r: Recorded): Fault | undefined =>
      r.headers.authorization === 'Bearer token-1' ? { status: 401 } : undefined;
    const fake = await startFake({ fault, exec: () => ({}) });
    const connection = await open(fake, bin);
    const exec = {
      ask: 'exec',
      pod: { namespace: 'a', name: 'b' },
      container: 'c',
      argv: ['d'],
    } as const;
    const replies = await Promise.all([
      ask(connection, server),
      ask(connection, server),
      ask(connection, exec),
    ]);
    expect(replies.map((r) => r.ok)).toEqual([true, true, true]);
    expect(bin.recorded()).toHaveLength(2);
  });

  test('not a third time when the server refuses that too', async () => {
    const bin = makeBin();
    bin.add('plugin', counting());
    const fake = await startFake({ fault: () => ({ status: 401 }) });
    const connection = await open(fake, bin);
    for (let i = 0; i < 3; i++) {
      expect(await ask(connection, server)).toMatchObject({ ok: false, why: 'unauthenticated' });
    }
    expect(bin.recorded()).toHaveLength(2);
  });

  test('not at all when the kubeconfig has a token', async () => {
    const bin = makeBin();
    bin.add('plugin', counting());
    const fake = await startFake();
    await ask(
      await openTo(fake, { env: cleanEnv(bin.env) }, { user: { ...user(), token: 't' } }),
      server,
    );
    expect(bin.recorded()).toEqual([]);
  });
});

describe('when it fails', () => {
  test.each([
    ['exit code', `process.stderr.write('s3cret'); process.exit(7)`, 'failed with exit code 7'],
    ['garbage', `console.log('s3cret')`, 'printed no ExecCredential'],
    [
      'nothing in it',
      counting(`{ token: '' }`),
      'gave neither a token nor a certificate with its key',
    ],
    [
      'another version',
      counting().replace(VERSION, `${VERSION}beta1`),
      `answers in another API version than ${VERSION}`,
    ],
  ])('%s', async (_, body, detail) => {
    const bin = makeBin();
    bin.add('plugin', body);
    const fake = await startFake();
    const reply = await ask(await open(fake, bin), server);
    expect(reply).toEqual({
      ok: false,
      why: 'unauthenticated',
      detail: `the credential plugin plugin ${detail}`,
    });
    expect(fake.requests).toEqual([]);
  });

  test('not installed: its hint', async () => {
    const fake = await startFake();
    const reply = await ask(
      await open(fake, makeBin(), { installHint: 'run\n  brew install it' }),
      server,
    );
    expect(reply).toMatchObject({
      detail: 'the credential plugin plugin is not installed: run brew install it',
    });
  });

  test('a login nobody completes does not outlive the question, and is cut when the connection closes', async () => {
    const bin = makeBin();
    bin.add('plugin', `note(process.pid); setInterval(() => {}, 1000)`);
    const fake = await startFake();
    const connection = await open(fake, bin);
    expect(await ask(connection, server, AbortSignal.timeout(600))).toMatchObject({
      why: 'timed-out',
    });
    await expect.poll(() => bin.recorded().length).toBe(1);
    const pid = Number(bin.recorded()[0]);
    connection.close();
    await expect.poll(() => alive(pid), { timeout: 5000 }).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
