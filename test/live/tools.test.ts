// Programs of the meshes: how they are told the cluster, and what is made of their end.
import { delimiter } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LiveOptions } from '../../src/live/connect.ts';
import { writeKubeconfig } from '../helpers/fake-apiserver/index.ts';
import { ask, cleanEnv, liveOptions, opened } from './open.ts';
import { makeBin, type Bin } from './programs.ts';

const kubeconfig = writeKubeconfig({ server: 'https://127.0.0.1:1' });
const open = (bin: Bin, more: Partial<LiveOptions> = {}) =>
  opened(liveOptions({ kubeconfig, env: cleanEnv(bin.env), ...more }));
const tool = (name: string, ...args: string[]) => ({ ask: 'tool', tool: name, args }) as const;
const echo = `console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env }))`;

async function argsOf(name: string, more: Partial<LiveOptions> = {}): Promise<unknown> {
  const bin = makeBin();
  bin.add(name, echo);
  const reply = await ask(await open(bin, more), tool(name, 'sub', '-o', 'json'));
  return reply.ok ? JSON.parse(reply.value.stdout).args : reply;
}

describe('the same cluster, the same identity', () => {
  test('file and context are always named', async () => {
    const reach = [`--kubeconfig=${kubeconfig}`, '--context=fake'];
    for (const name of ['istioctl', 'linkerd', 'cilium'] as const) {
      expect(await argsOf(name)).toEqual([...reach, 'sub', '-o', 'json']);
    }
    expect(await argsOf('consul-k8s')).toEqual([
      ...['sub', '-o', 'json'],
      ...[`-kubeconfig=${kubeconfig}`, '-context=fake'],
    ]);
  });

  test('several files go by $KUBECONFIG, for no flag takes them', async () => {
    const bin = makeBin();
    bin.add('istioctl', echo);
    const other = writeKubeconfig({ server: 'https://127.0.0.1:2' });
    const list = ['', '/nonexistent', kubeconfig, other].join(delimiter);
    const connection = await open(bin, {
      kubeconfig: undefined,
      env: cleanEnv({ ...bin.env, KUBECONFIG: list }),
    });
    const reply = await ask(connection, tool('istioctl', 'ps'));
    const seen = JSON.parse(reply.ok ? reply.value.stdout : '{}');
    expect(seen.args).toEqual(['--context=fake', 'ps']);
    expect(seen.env).toMatchObject({
      KUBECONFIG: [kubeconfig, other].join(delimiter),
      LC_ALL: 'C',
    });
  });

  test('impersonation, or a refusal where the program has none', async () => {
    const as = { as: 'bob', asGroups: ['a', 'b'] };
    const flags = ['--as=bob', '--as-group=a', '--as-group=b'];
    expect(await argsOf('istioctl', as)).toEqual(expect.arrayContaining(flags));
    expect(await argsOf('linkerd', as)).toEqual(expect.arrayContaining(flags));
    expect(await argsOf('istioctl', { ...as, asUid: 'u' })).toContain('--as-uid=u');
    expect(await argsOf('linkerd', { ...as, asUid: 'u' })).toMatchObject({ why: 'refused' });
    expect(await argsOf('consul-k8s', as)).toEqual({
      ok: false,
      why: 'refused',
      detail: 'consul-k8s has no --as: it would run as somebody else',
    });
    expect(await argsOf('istioctl', { user: 'fake' })).toMatchObject({ why: 'refused' });
  });

  test('a local call gets none of it', async () => {
    const bin = makeBin();
    bin.add('consul-k8s', echo);
    const connection = await open(bin, { as: 'bob' });
    const reply = await ask(connection, { ...tool('consul-k8s', 'version'), local: true });
    expect(reply.ok && JSON.parse(reply.value.stdout).args).toEqual(['version']);
  });

  test('istioctl may be elsewhere', async () => {
    const bin = makeBin();
    const istioctl = bin.add('istioctl-1.29', echo);
    expect(
      await ask(await open(bin, { programs: { istioctl } }), tool('istioctl', 'ps')),
    ).toMatchObject({
      ok: true,
    });
  });
});

describe('ends', () => {
  const end = async (body: string, signal?: AbortSignal) => {
    const bin = makeBin();
    bin.add('istioctl', body);
    return { bin, reply: await ask(await open(bin), tool('istioctl', 'ps'), signal) };
  };

  test('not installed', async () => {
    expect(await ask(await open(makeBin()), tool('istioctl', 'ps'))).toEqual({
      ok: false,
      why: 'tool-missing',
      detail: 'istioctl is not on the PATH',
    });
  });

  test('an exit code is an answer', async () => {
    const { reply } = await end(`console.log('out'); console.error('err'); process.exitCode = 64`);
    expect(reply).toEqual({ ok: true, value: { exitCode: 64, stdout: 'out\n', stderr: 'err\n' } });
  });

  test('too old to impersonate', async () => {
    const { reply } = await end(`console.error('Error: unknown flag: --as'); process.exitCode = 1`);
    expect(reply).toEqual({ ok: false, why: 'tool-too-old', detail: 'this istioctl has no --as' });
  });

  test('killed, and not executable', async () => {
    const { reply } = await end(
      `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`,
    );
    expect(reply).toEqual({
      ok: false,
      why: 'tool-failed',
      detail: 'istioctl was ended by SIGKILL',
    });
    const bin = makeBin();
    const options = { programs: { istioctl: bin.directory } };
    expect(await ask(await open(bin, options), tool('istioctl'))).toMatchObject({
      why: 'tool-failed',
    });
  });

  test('more output than can be kept', async () => {
    const { reply } = await end(
      `const mb = 'x'.repeat(1 << 20); for (let i = 0; i < 40; i++) process.stdout.write(mb)`,
    );
    expect(reply).toEqual({
      ok: false,
      why: 'tool-failed',
      detail: 'istioctl printed more than 32 MiB',
    });
  });

  test('a grandchild that keeps the pipe does not hold us, and does not stay', async () => {
    const { bin, reply } = await end(
      `const c = require('child_process').spawn('sleep', ['30'], { stdio: 'inherit' }); note(c.pid); console.log('done'); c.unref();`,
    );
    expect(reply).toMatchObject({ ok: true, value: { exitCode: 0, stdout: 'done\n' } });
    await expectGone(Number(bin.recorded()[0]));
  });

  test('the deadline ends the program and its children', async () => {
    const { bin, reply } = await end(
      `const c = require('child_process').spawn('sleep', ['30'], { stdio: 'inherit' }); note(c.pid); note(process.pid); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`,
      AbortSignal.timeout(700),
    );
    expect(reply).toMatchObject({ ok: false, why: 'timed-out' });
    for (const pid of bin.recorded()) await expectGone(Number(pid));
  });

  test('an interrupt is one', async () => {
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort(new Error('SIGINT'));
    }, 200);
    const { reply } = await end(`setInterval(() => {}, 1000)`, stop.signal);
    expect(reply).toMatchObject({ ok: false, why: 'interrupted' });
  });

  test('three run at a time', async () => {
    const bin = makeBin();
    bin.add('istioctl', `note('start'); setTimeout(() => note('end'), 150)`);
    const connection = await open(bin);
    await Promise.all(
      Array.from({ length: 7 }, (_, i) => ask(connection, tool('istioctl', String(i)))),
    );
    let running = 0;
    const peaks = bin.recorded().map((line) => (running += line === '"start"' ? 1 : -1));
    expect(peaks).toHaveLength(14);
    expect(Math.max(...peaks)).toBeLessThanOrEqual(3);
  });
});

async function expectGone(pid: number): Promise<void> {
  const alive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(alive, { timeout: 5000 }).toBe(false);
}
