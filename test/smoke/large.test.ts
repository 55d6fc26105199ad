// Answers of 200 MB and more, from every door of a cluster: the program, as it is bundled, stays small, ends when it is
// told to, and says what it did not read.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  FakeApiServer,
  scratch,
  writeKubeconfig,
  type Fault,
  type Recorded,
} from '../helpers/fake-apiserver/index.ts';
import { bundled } from '../helpers/bundled.ts';
import { scenarios } from '../helpers/scenarios.ts';

const MB = 1024 * 1024;
/** MB of the whole process. */
const most = 400;
const json = { 'Content-Type': 'application/json' };
const text = { 'Content-Type': 'text/plain' };
let script = '';
let open: FakeApiServer | undefined;

beforeAll(async () => {
  script = await bundled();
});
afterEach(async () => open?.close());

type Ended = {
  readonly code: number | null;
  readonly out: string;
  /** The most memory it had, in MB, as the kernel counts it (VmHWM). */
  readonly peakMb: number;
  /** From the first request to the end, milliseconds. */
  readonly tookMs: number;
  /** From the signal to the end, milliseconds. */
  readonly endedMs: number;
};

/** Runs the program; `interruptMs`: Ctrl-C so long after the first request. */
async function run(args: readonly string[], interruptMs?: number): Promise<Ended> {
  const server = open;
  if (!server) throw new Error('no server');
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  const child = spawn(process.execPath, [script, ...args, '-q', '--kubeconfig', kubeconfig], {
    env: { PATH: '', HOME: scratch(), LANG: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, peakKb, first, signalled] = ['', 0, 0, 0];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (out += text.toString()));
  const look = setInterval(() => {
    if (first === 0 && server.requests.length > 0) first = performance.now();
    if (interruptMs !== undefined && first > 0 && signalled === 0)
      if (performance.now() - first >= interruptMs) {
        signalled = performance.now();
        child.kill('SIGINT');
      }
    void readFile(`/proc/${child.pid}/status`, 'utf8').then(
      (status) => {
        peakKb = Math.max(peakKb, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      },
      () => undefined,
    );
  }, 20);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(look);
  const now = performance.now();
  return { code, out, peakMb: peakKb / 1024, tookMs: now - first, endedMs: now - signalled };
}

function* filler(total: number, part: string): Iterable<string> {
  for (let sent = 0; sent < total; sent += part.length) yield part;
}

/** One page of pods that is `total` long. */
function* onePage(kind: string, apiVersion: string, total: number): Iterable<string> {
  const meta = (i: number) => ({
    name: `p-${i}`,
    namespace: 'shop',
    labels: { a: 'x'.repeat(60) },
  });
  yield `{"apiVersion":"${apiVersion}","kind":"${kind}List","metadata":{},"items":[`;
  for (let i = 0, sent = 0; sent < total; i++) {
    const item = JSON.stringify({ metadata: meta(i), spec: { note: 'y'.repeat(9000) } });
    sent += item.length;
    yield i === 0 ? item : `,${item}`;
  }
  yield ']}';
}

const kinds: Readonly<Record<string, string>> = {
  pods: 'Pod',
  services: 'Service',
  configmaps: 'ConfigMap',
  namespaces: 'Namespace',
  events: 'Event',
};

function kindOf(path: string): string {
  return kinds[path.split('/').at(-1) ?? ''] ?? 'Pod';
}

function apiVersionOf(path: string): string {
  return path
    .split('/')
    .slice(2, path.startsWith('/apis/') ? 4 : 3)
    .join('/');
}

/** A mesh recorded in the lab, of which every list, log and page of a proxy is large. */
async function largeMesh(
  fault: (asked: Recorded) => Fault | undefined,
  port?: (res: ServerResponse) => void,
) {
  const all = await scenarios();
  const healthy = all.find(({ name }) => name === 'stale/healthy');
  if (!healthy) throw new Error('no scenario');
  const objects = healthy.saved.objects as never;
  const pod = healthy.saved.objects.find(
    (o) => o.kind === 'Pod' && o.metadata.namespace === 'shop',
  );
  const target = `shop/${pod?.metadata.name ?? ''}`;
  const behind = (_: unknown, res: ServerResponse) => port?.(res);
  const ports = new Proxy({}, { get: () => (port ? behind : 'silent') });
  open = await FakeApiServer.start({ objects, fault, ports });
  return target;
}

const isList = ({ path }: Recorded) =>
  /\/(?:pods|services|configmaps|namespaces|events|[a-z]+s)$/.test(path) && path.startsWith('/api');
const isLog = ({ path }: Recorded) => path.endsWith('/log');

// Sending 200 MB is work for the server here as well.
describe('200 MB', { timeout: 60_000 }, () => {
  test('of every list, every log and every page of a proxy: little memory, and a gap for each', async () => {
    const target = await largeMesh(
      (asked) => {
        if (asked.upgrade) return undefined;
        if (isLog(asked))
          return { headers: text, stream: () => filler(200 * MB, 'a line of a log\n') };
        if (!isList(asked)) return undefined;
        return {
          headers: json,
          stream: () => onePage(kindOf(asked.path), apiVersionOf(asked.path), 200 * MB),
        };
      },
      (res) => {
        Readable.from(filler(200 * MB, 'cluster.a.b.c: 1\n'.repeat(1000))).pipe(res);
      },
    );
    const ended = await run(['diagnose', 'stale', target, '--verbose']);
    expect(ended.out).toContain('too large');
    expect(ended.code).toBe(4);
    expect(ended.peakMb).toBeLessThan(most);
  });

  test('that unpack from 200 kB', async () => {
    const packed: Buffer[] = [];
    const gzip = createGzip();
    Readable.from(filler(200 * MB, '[{},{},{},{},{},{},{},{}]'.repeat(2000))).pipe(gzip);
    for await (const piece of gzip as AsyncIterable<Buffer>) packed.push(piece);
    const target = await largeMesh((asked) =>
      isList(asked) || isLog(asked)
        ? { headers: { ...json, 'Content-Encoding': 'gzip' }, stream: () => packed }
        : undefined,
    );
    const ended = await run(['diagnose', 'stale', target, '--verbose']);
    expect(ended.peakMb).toBeLessThan(most);
    expect(ended.out).toContain('too large');
  });

  /** Pages of 500 pods, each in order, `count` of them. */
  function pages(count: number): (asked: Recorded) => Fault | undefined {
    let page = 0;
    const note = 'y'.repeat(12_000);
    return (asked) => {
      if (asked.upgrade || !isList(asked)) return undefined;
      const n = page++;
      const items = Array.from({ length: Number(asked.query.get('limit') ?? 500) }, (_, i) => ({
        metadata: { name: `p-${n}-${i}`, namespace: 'shop' },
        spec: { note },
      }));
      const metadata = n < count ? { continue: `t-${n}` } : {};
      const apiVersion = apiVersionOf(asked.path);
      const kind = `${kindOf(asked.path)}List`;
      return {
        headers: json,
        *stream() {
          yield JSON.stringify({ apiVersion, kind, metadata, items });
        },
      };
    };
  }

  test('in pages that are each in order', async () => {
    const target = await largeMesh(pages(60));
    const ended = await run(['diagnose', 'stale', target, '--verbose']);
    expect(ended.peakMb).toBeLessThan(most);
    expect(ended.code).toBe(3);
  });

  test('being read: Ctrl-C ends it within a second, with what is known', async () => {
    const ended = await run(['diagnose', 'stale', await largeMesh(pages(Infinity))], 500);
    expect(ended.endedMs).toBeLessThan(1000);
    expect(ended.peakMb).toBeLessThan(most);
    expect(ended.code).toBe(130);
  });

  test('being read: --timeout ends it within a second', async () => {
    const target = await largeMesh(pages(Infinity));
    const ended = await run(['diagnose', 'stale', target, '--timeout', '1s']);
    expect(ended.tookMs).toBeLessThan(2000);
    expect(ended.peakMb).toBeLessThan(most);
  });
});
