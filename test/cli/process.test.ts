// The real process: what a signal leaves behind, what a stream that cannot be written ends with, what nobody caught.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundled, start, type Ended, type Running } from '../helpers/bundled.ts';
import { FakeApiServer, scratch, writeKubeconfig } from '../helpers/fake-apiserver/index.ts';
import { root } from '../helpers/sources.ts';
import { unseenIn } from '../helpers/unseen.ts';
import { cluster } from '../terminal/cluster.ts';

const good = join(root, 'test/scenarios/stale/rejected-envoyfilter');
const render = ['render', good];
let script = '';
beforeAll(async () => {
  script = await bundled();
});

/** A diagnosis that waits for a cluster that answers no more, with a question open. */
async function waiting(more: readonly string[] = [], preload?: string): Promise<Running> {
  const { kubeconfig, hang } = await cluster();
  hang();
  const argv = ['diagnose', 'injection', 'plain/legacy', '--kubeconfig', kubeconfig, ...more];
  const how = { env: { HOME: scratch() }, ...(preload === undefined ? {} : { preload }) };
  const running = await start(argv, how);
  await new Promise<void>((resolve) => {
    running.child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('questions')) setTimeout(resolve, 200);
    });
  });
  return running;
}

describe('a signal', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;

  test.each(signals)('%s: what is known is printed and saved, exit %d', async (signal, code) => {
    const save = join(scratch(), 'case');
    const { child, ended } = await waiting(['--save', save]);
    child.kill(signal);
    const done = await ended;
    expect(done).toMatchObject({ code, signal: null });
    expect(done.out).toMatch(/^Partial result: /m);
    expect(existsSync(join(save, 'scenario.yaml'))).toBe(true);
  });

  test('a second one ends it at once', async () => {
    const { child, ended } = await waiting();
    child.kill('SIGTERM');
    child.kill('SIGINT');
    const { code, signal } = await ended;
    expect(code ?? (signal === null ? 0 : 130)).toBeGreaterThanOrEqual(130);
  });

  test('a shell that passes the hang-up on does not cut the report short', async () => {
    const { child, ended } = await waiting();
    child.kill('SIGHUP');
    setTimeout(() => child.kill('SIGHUP'), 20);
    const { code, signal, out } = await ended;
    // When all is said Node no longer listens: then the second ends it, which a shell calls 129 as well.
    expect(code ?? signal).toBeOneOf([129, 'SIGHUP']);
    expect(out).toMatch(/^Partial result: [^]*^Read more: |^Partial result: [^]*^UNKNOWN: /m);
  });

  /** A login plugin that starts another program, and neither ends. */
  async function withPlugin(): Promise<Running & { readonly pids: () => readonly number[] }> {
    const dir = scratch();
    const note = join(dir, 'pids');
    const plugin = join(dir, 'plugin');
    const body = `trap '' TERM HUP INT; sleep 300 & echo $$ $! >${note}; wait; sleep 300`;
    writeFileSync(plugin, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin };
    const kubeconfig = writeKubeconfig({ server: 'http://127.0.0.1:9', user: { exec } });
    const argv = ['diagnose', 'stale', 'web', '--kubeconfig', kubeconfig, '--timeout', '0'];
    const running = await start(argv, { env: { HOME: dir } });
    await expect.poll(() => existsSync(note), { timeout: 20_000 }).toBe(true);
    const pids = () => readFileSync(note, 'utf8').trim().split(' ').map(Number);
    await expect.poll(() => pids().length, { timeout: 5000 }).toBe(2);
    return { ...running, pids };
  }

  const isThere = (pid: number): boolean => {
    try {
      // A zombie that nobody waits for is no running child.
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };

  test.each(signals)('%s ends the children, and theirs', async (signal, code) => {
    const { child, ended, pids } = await withPlugin();
    child.kill(signal);
    expect((await ended).code).toBe(code);
    await expect.poll(() => pids().some(isThere), { timeout: 5000 }).toBe(false);
  });

  test('so does a second one', async () => {
    const { child, ended, pids } = await withPlugin();
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGTERM'), 10);
    // It may come when all is done and Node is taking itself down: then it ends by the signal, which shells call 143.
    const { code, signal } = await ended;
    expect(code ?? signal).toBe(signal === null ? 143 : 'SIGTERM');
    await expect.poll(() => pids().some(isThere), { timeout: 5000 }).toBe(false);
  });
});

describe('standard output', () => {
  const shell = (line: string) =>
    spawnSync('sh', ['-c', line], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE: process.execPath, SCRIPT: script, CASE: good },
    });
  const run = '"$NODE" "$SCRIPT"';

  test.each([
    ['a report', `${run} render "$CASE"`],
    ['JSON', `${run} render "$CASE" -o json`],
    ['help', `${run} --help`],
    ['a listing', `${run} list`],
  ])('on a full disk: one line, exit 1: %s', (_, line) => {
    const { status, stderr } = shell(`${line} >/dev/full`);
    expect(stderr).toBe('meshdoc: standard output cannot be written: no space left (ENOSPC)\n');
    expect(status).toBe(1);
  });

  test('both on a full disk: exit 1', () => {
    expect(shell(`${run} render "$CASE" >/dev/full 2>&1`).status).toBe(1);
  });

  test('errors on a full disk change nothing', () => {
    expect(shell(`${run} nosuch 2>/dev/full`).status).toBe(2);
  });

  test.each(['>&-', '>&- 2>&-', '>&- 2>&- <&-', '<&-', '</', '2>&-'])(
    'closed, or odd (%s): the exit code is that of the diagnosis',
    (streams) => {
      const { status, stderr } = shell(`${run} render "$CASE" ${streams}`);
      expect([status, stderr]).toEqual([3, '']);
    },
  );

  test('a reader that has enough ends nothing, and is told nothing', () => {
    const { stdout, stderr } = shell(
      `{ ${run} render "$CASE" -o json; echo "code $?" >&2; } | head -1`,
    );
    expect(stdout).toBe('{\n');
    expect(stderr).toBe('code 3\n');
  });

  test('a pipe that somebody else made non-blocking gets all of it', () => {
    const whole = spawnSync(process.execPath, [script, ...render, '-o', 'json'], {
      encoding: 'utf8',
    });
    const slow =
      'import os,subprocess,sys,time\n' +
      'r,w=os.pipe(); os.set_blocking(w,False)\n' +
      'p=subprocess.Popen(sys.argv[1:],stdout=w); os.close(w); time.sleep(0.5)\n' +
      'n=0\n' +
      'while True:\n' +
      '  b=os.read(r,1000)\n' +
      '  if not b: break\n' +
      '  n+=len(b); time.sleep(0.002)\n' +
      'print(n,p.wait())\n';
    const argv = ['-c', slow, process.execPath, script, ...render, '-o', 'json'];
    const read = execFileSync('python3', argv, { encoding: 'utf8' });
    expect(read.trim()).toBe(`${Buffer.byteLength(whole.stdout)} 3`);
  });

  test('a disk that is full before the end is told as well', () => {
    // A limit on the size of a file stands for it: the first write is short, the next one fails.
    const file = join(scratch(), 'report');
    const line = `ulimit -f 4; ${run} render "$CASE" -o json`;
    const { status, stderr } = spawnSync('bash', ['-c', line], {
      encoding: 'utf8',
      env: { NODE: process.execPath, SCRIPT: script, CASE: good },
      stdio: ['ignore', openSync(file, 'w'), 'pipe'],
    });
    expect(stderr).toBe('meshdoc: standard output cannot be written: EFBIG\n');
    expect(status).toBe(1);
  });
});

describe('what nobody caught', () => {
  /** Thrown in the midst of the run, when the test says so. */
  async function thrown(code: string, more: readonly string[] = []): Promise<Ended> {
    const file = join(scratch(), 'planted.mjs');
    writeFileSync(file, `process.on('SIGUSR2', () => { ${code} });`);
    const { child, ended } = await waiting(more, file);
    child.kill('SIGUSR2');
    return ended;
  }
  const bad = `'boom \\x1b]0;x\\x07 \\u202e Authorization: Bearer abcdefghijklmnopqrstuvwx'`;

  test.each([
    ['an exception', `throw new Error(${bad})`],
    ['a rejection', `Promise.reject(new Error(${bad}))`],
    ['what is no error', `throw ${bad}`],
  ])('%s: the report as far as it is known, one line, exit 1', async (_, code) => {
    const done = await thrown(code);
    const messages = done.err.split('\n').filter((line) => !/^( |injection: )/.test(line));
    expect(messages).toEqual([
      'meshdoc: failed, and the fault is its own; run again with --debug and report it',
      '',
    ]);
    expect(done.out).toMatch(/^Partial result: /m);
    expect(done.code).toBe(1);
  });

  test('with --debug the stack, without secrets and escapes', async () => {
    const { err } = await thrown(`throw new Error(${bad})`, ['--debug']);
    expect(err).toContain('boom \\u001b]0;x\\u0007 \\u202e');
    expect(err).toMatch(/^ {4}at /m);
    expect(err).not.toContain('abcdefghijklmnop');
    expect(unseenIn(err)).toBeUndefined();
  });
});

test('nothing is left behind of a server that is gone', async () => {
  const server = await FakeApiServer.start({ objects: [] });
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  await server.close();
  const { ended } = await start(['diagnose', 'stale', 'web', '--kubeconfig', kubeconfig]);
  expect((await ended).code).toBe(5);
});
