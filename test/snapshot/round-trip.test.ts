// What was recorded is what is replayed: through a folder, through an archive, whatever the answers hold.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, failed, type Ask } from '../../src/core/ports.ts';
import type { KubeObject } from '../../src/core/object.ts';
import type { Question } from '../../src/core/question.ts';
import { pods } from '../../src/facts/kube/kinds.ts';
import { guard } from '../../src/guard/guard.ts';
import { readAnswer, writeAnswer, type Case } from '../../src/snapshot/case.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import { writeCase } from '../../src/snapshot/save.ts';
import { record } from '../../src/snapshot/record.ts';
import { replay } from '../../src/snapshot/replay.ts';

const never = new AbortController().signal;
let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

const web: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web', creationTimestamp: '2026-11-21T08:00:00Z' },
  spec: { nodeName: 'yes', containers: [] },
  status: { phase: 'Running', note: '0x10', octal: '0755' },
};
const pod = { namespace: 'shop', name: 'web' };
const questions = {
  get: { ask: 'get', ref: { resource: pods, namespace: 'shop', name: 'web' } },
  absent: { ask: 'get', ref: { resource: pods, namespace: 'shop', name: 'gone' } },
  list: { ask: 'list', resource: pods, namespace: 'shop' },
  more: { ask: 'list', resource: pods, namespace: 'shop', limit: 1 },
  logs: { ask: 'logs', pod, container: 'istio-proxy', tailLines: 10 },
  http: { ask: 'http', pod, port: 15_014, path: '/debug/syncz' },
  again: { ask: 'http', pod, port: 15_014, path: '/debug/syncz', sample: 2 },
  silent: { ask: 'http', pod, port: 15_000, path: '/stats?format=json&usedonly' },
  closed: { ask: 'http', pod, port: 15_000, path: '/ready' },
  exec: {
    ask: 'exec',
    pod,
    container: 'discovery',
    argv: ['pilot-discovery', 'request', 'GET', '/debug/syncz'],
  },
  tool: {
    ask: 'tool',
    tool: 'istioctl',
    args: ['version', '--remote=false', '-o', 'json'],
    local: true,
  },
  tls: { ask: 'tls', pod, port: 4191, serverName: 'web.shop' },
  refused: { ask: 'tls', pod, port: 4191, serverName: 'other.shop' },
  mute: { ask: 'tls', pod, port: 4191, serverName: 'mute.shop' },
  prometheus: { ask: 'prometheus', path: '/api/v1/targets?state=active', query: 'active' },
  server: { ask: 'server' },
} as const satisfies Record<string, Question>;

const certificate = (base64: string) =>
  `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;

const replies: Readonly<Record<keyof typeof questions, unknown>> = {
  get: answered(web),
  absent: failed('absent', 'there is none'),
  list: answered({ items: [web], more: false }),
  more: answered({ items: [web], more: true }),
  logs: answered(['one', '# two', '$ three', '']),
  http: answered({ is: 'answered', status: 200, body: '[]' }),
  again: answered({ is: 'answered', status: 404, body: 'no\r\n' }),
  silent: answered({ is: 'silent', waitedMs: 3000 }),
  closed: answered({ is: 'closed' }),
  exec: answered({ exitCode: 1, stdout: 'out', stderr: 'first\nsecond' }),
  tool: failed('tool-missing', 'istioctl is not on the PATH'),
  tls: answered({ is: 'answered', chain: [certificate('YQ=='), certificate('Yg==')] }),
  refused: answered({ is: 'refused' }),
  mute: answered({ is: 'silent', waitedMs: 3000 }),
  prometheus: answered({ is: 'answered', status: 200, body: '{"status":"success"}' }),
  server: answered({ gitVersion: 'v1.33.4' }),
};

const head = { runbook: 'stale', input: { target: 'shop/web' }, now: '2026-11-21T08:00:00Z' };

async function recorded(): Promise<Case> {
  const ask = ((question: Question) => {
    const name = Object.entries(questions).find(([, q]) => q === question)?.[0];
    return Promise.resolve(replies[name as keyof typeof questions]);
  }) as unknown as Ask;
  const recorder = record(ask);
  for (const question of Object.values(questions)) await recorder.ask(question, never);
  return recorder.finish(head);
}

describe.each(['case', 'case.tgz', 'deep/er/case.tgz'])('through %s', (name) => {
  test('every kind of answer comes back as it was', async () => {
    await writeCase(join(work, name), await recorded());
    const read = await readCase(join(work, name));
    if (!read.ok) throw new Error(read.says);
    const tape = replay(read.value);
    const ask = guard(tape.ask);
    for (const [key, question] of Object.entries(questions)) {
      const wanted =
        key === 'logs'
          ? answered(['one', '# two', '$ three'])
          : replies[key as keyof typeof questions];
      expect(await ask(question, never), key).toEqual(wanted);
    }
    expect([tape.missing(), tape.unused()]).toEqual([[], []]);
  });
});

test('what was never asked is not in the case, and is named', async () => {
  const tape = replay(await recorded());
  const question = { ask: 'list', resource: pods, namespace: 'other' } as const;
  expect(await guard(tape.ask)(question, never)).toMatchObject({ why: 'not-in-snapshot' });
  expect(tape.missing()).toEqual(['list pods -n other']);
  expect(tape.unused().length).toBeGreaterThan(0);
});

test('what was cut off by the end of the run is not kept', async () => {
  const recorder = record(() => Promise.resolve(failed('interrupted', '')));
  await recorder.ask(questions.server, never);
  await recorder.ask(questions.tool, never);
  expect(recorder.finish(head).file.replies).toEqual([]);
});

test('a case that is written again replaces all of the old one', async () => {
  const dir = join(work, 'again');
  await writeCase(dir, await recorded());
  await writeCase(dir, {
    file: { meshdoc: 1, complete: false, ...head },
    objects: [],
    answers: [],
  });
  expect(await readdir(join(dir, 'answers'))).toEqual([]);
});

describe('an answer as text', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('# 200', '$ http x', '# stderr: x', '', '\r', '---', '\u2028'),
  );
  const body = fc.array(line).map((lines) => lines.join('\n'));

  test('property: any body comes back to the byte', () => {
    fc.assert(
      fc.property(body, (text) => {
        const answer = { question: 'http a/b:15014 /x', status: '200', stderr: '', body: text };
        expect(readAnswer(writeAnswer(answer))).toEqual(answer);
      }),
    );
  });

  test.each([
    '',
    '\n',
    '\n\nx',
    '# stderr: not really\n',
    '$ a\n# 200\n\n',
    'a\r\nb\r\n',
    'no end',
  ])('%j comes back', (text) => {
    const answer = { question: 'q', status: 'exit 0', stderr: 'one\ntwo', body: text };
    expect(readAnswer(writeAnswer(answer))).toEqual(answer);
  });
});

describe('a bad case is one clear line', () => {
  const bad: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ['empty', {}, /is not a case: it has no scenario\.yaml/],
    ['format', { 'scenario.yaml': 'meshdoc: 2\n' }, /is of format 2; this meshdoc reads format 1/],
    ['nothing', { 'scenario.yaml': '' }, /format undefined/],
    [
      'no-now',
      { 'scenario.yaml': 'meshdoc: 1\nrunbook: stale\n' },
      /scenario\.yaml: now is missing/,
    ],
    [
      'bad-now',
      { 'scenario.yaml': 'meshdoc: 1\nrunbook: stale\nnow: soon\n' },
      /now must be a time such as/,
    ],
    ['yaml', { 'scenario.yaml': 'meshdoc: [1\n' }, /scenario\.yaml:2: Flow sequence/],
    [
      'answer',
      {
        'scenario.yaml': 'meshdoc: 1\nrunbook: stale\nnow: 2026-11-21T08:00:00Z\n',
        'answers/a.txt': 'x\n',
      },
      /a\.txt does not begin with "\$ <question>" and "# <status>"/,
    ],
    ['x.tgz', {}, /is a folder, not a file/],
  ];
  test.each(bad)('%s', async (name, files, says) => {
    const dir = join(work, 'bad', name);
    await mkdir(join(dir, 'answers'), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(dir, path), text);
    const read = await readCase(dir);
    expect(read).toMatchObject({ ok: false });
    if (read.ok) return;
    expect(read.says).toMatch(says);
    expect(read.says).not.toContain('\n');
  });

  test('there is none', async () => {
    expect(await readCase(join(work, 'nowhere'))).toMatchObject({
      says: expect.stringContaining('there is no case at') as string,
    });
  });
});
