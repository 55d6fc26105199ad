// Logs, reviews, versions, answers of Prometheus and of programs that are not what was asked for. None is believed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Question } from '../../src/core/question.ts';
import { status, type Fault } from '../helpers/fake-apiserver/index.ts';
import { ask, later, openTo, startFake } from './open.ts';
import { makeBin } from './programs.ts';

const html = { 'Content-Type': 'text/html' };
const json = { 'Content-Type': 'application/json' };
const reply = async (question: Question, fault: Fault) => {
  const fake = await startFake({ fault: () => fault });
  return ask(await openTo(fake), question);
};

describe('a log', () => {
  const log = {
    ask: 'logs',
    pod: { namespace: 'shop', name: 'web' },
    container: 'app',
    tailLines: 10,
  } as const;
  test.each<[string, Fault]>([
    ['HTML', { status: 200, text: '<html>', headers: html }],
    ['HTML that calls itself text', { status: 200, text: '<!DOCTYPE html>\n<html></html>' }],
    ['a Status', { status: 200, json: status(200, '', 'x') }],
    [
      'a Status that calls itself text',
      { status: 200, text: JSON.stringify(status(500, '', 'x')) },
    ],
    [
      'a list',
      { status: 200, json: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] } },
    ],
    ['JSON', { status: 200, json: [1] }],
    ['bytes', { status: 200, text: 'x', headers: { 'Content-Type': 'application/octet-stream' } }],
    ['more than was asked for', { status: 200, text: 'a line\n'.repeat(1e6) }],
  ])('of %s is a gap', async (_, fault) => {
    expect(await reply(log, fault)).toMatchObject({ ok: false, why: 'unreadable' });
  });
  test('of JSON lines is a log', async () => {
    const text = '{"level":"info","kind":"Status"}\n{"level":"warn"}\n';
    expect(await reply(log, { status: 200, text })).toMatchObject({ ok: true });
    expect(await reply(log, { status: 200, text: '{"kind":"x"}\n' })).toMatchObject({ ok: true });
  });
});

describe('reviews', () => {
  const group = 'authorization.k8s.io/v1';
  const rules = { ask: 'rules', namespace: 'shop' } as const;
  const canI = { ask: 'can-i', access: { verb: 'list', resource: 'pods' } } as const;
  const whoami = { ask: 'whoami' } as const;
  const rulesStatus = { resourceRules: [], nonResourceRules: [], incomplete: false };
  const rulesReview = { kind: 'SelfSubjectRulesReview', apiVersion: group, status: rulesStatus };
  const accessReview = {
    kind: 'SelfSubjectAccessReview',
    apiVersion: group,
    status: { allowed: true },
  };
  const selfReview = {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    status: { userInfo: { username: 'anna' } },
  };

  test.each<[string, Question, object]>([
    ['another kind', canI, { ...accessReview, kind: 'SubjectAccessReview' }],
    ['no kind', canI, { status: { allowed: true } }],
    ['another group', canI, { ...accessReview, apiVersion: 'example.com/v1' }],
    ['no status', canI, { ...accessReview, status: undefined }],
    ['a status that is none', canI, { ...accessReview, status: 'yes' }],
    ['yes and no', canI, { ...accessReview, status: { allowed: true, denied: true } }],
    [
      'a no of whoever could not decide',
      canI,
      { ...accessReview, status: { allowed: false, evaluationError: 'x' } },
    ],
    ['another kind', rules, { ...rulesReview, kind: 'SelfSubjectAccessReview' }],
    ['no rules', rules, { ...rulesReview, status: { incomplete: false } }],
    ['not whether these are all', rules, { ...rulesReview, status: { resourceRules: [] } }],
    ['another kind', whoami, { ...selfReview, kind: 'TokenReview' }],
    ['nobody', whoami, { ...selfReview, status: { userInfo: { username: '' } } }],
    ['a Status', whoami, status(200, '', 'x')],
  ])('%s (%o)', async (_, question, body) => {
    expect(await reply(question, { status: 201, json: body })).toMatchObject({
      ok: false,
      why: 'unreadable',
    });
  });
  test('a 404 of a proxy is no absence', async () => {
    expect(await reply(whoami, { status: 404, text: 'no route' })).toMatchObject({
      why: 'unreadable',
    });
    expect(await reply(whoami, { status: 404, text: '404 page not found\n' })).toMatchObject({
      why: 'absent',
    });
  });
  test('rules with an evaluation error are not complete', async () => {
    const partly = { ...rulesReview, status: { ...rulesStatus, evaluationError: 'webhook' } };
    expect(await reply(rules, { status: 201, json: partly })).toMatchObject({
      value: { complete: false },
    });
    expect(await reply(rules, { status: 201, json: rulesReview })).toMatchObject({
      value: { complete: true },
    });
  });
});

describe('the version', () => {
  test.each<[string, Fault]>([
    ['HTML', { status: 200, text: '<html>', headers: html }],
    ['no version', { status: 200, json: { gitVersion: 'latest' } }],
    ['a number', { status: 200, json: { gitVersion: 1.33 } }],
    [
      'a version with more behind it',
      { status: 200, json: { gitVersion: 'v1.33.4\n\u001b[31mfine' } },
    ],
    ['a list', { status: 200, json: [] }],
    ['cut JSON', { status: 200, text: '{"gitVersion":"v1.3', headers: json }],
  ])('%s', async (_, fault) => {
    expect(await reply({ ask: 'server' }, fault)).toMatchObject({ ok: false, why: 'unreadable' });
  });
  test.each(['v1.29.1-gke.1589020', 'v1.31.2+k3s1', 'v1.27.3-eks-a5565ad', 'v1.30.0-rc.1+9c87f5'])(
    '%s is one',
    async (gitVersion) => {
      expect(await reply({ ask: 'server' }, { status: 200, json: { gitVersion } })).toMatchObject({
        ok: true,
      });
    },
  );
});

describe('Prometheus', () => {
  const question = { ask: 'prometheus', path: '/api/v1/query?query=up' } as const;
  test.each<[string, string, string]>([
    ['HTML', 'text/html', '<html>'],
    ['an object of the API', 'application/json', JSON.stringify(status(200, 'x', 'x'))],
    ['no envelope', 'application/json', '{"data":{"result":[]}}'],
    ['text', 'text/plain', 'up 1'],
  ])('%s', async (_, type, body) => {
    const server = createServer(
      (__, res) => void res.writeHead(200, { 'Content-Type': type }).end(body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    later(() => void server.close());
    const prometheus = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = await openTo(await startFake(), { prometheus });
    expect(await ask(connection, question)).toMatchObject({ ok: false, why: 'unreadable' });
  });
});

describe('a credential plugin', () => {
  const answer = (token: string) =>
    JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      status: { token },
    });
  const forever = (stream: string) =>
    `const mb = Buffer.alloc(1e6, 'x'); (function more() { process.${stream}.write(mb, more); })();`;
  test.each<[string, string]>([
    ['prints without end', forever('stdout')],
    ['prints errors without end', forever('stderr')],
    ['ignores SIGTERM and prints', `process.on('SIGTERM', () => {}); ${forever('stdout')}`],
    [
      'leaves a child that prints',
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever('stdout'))}], { stdio: 'inherit' });`,
    ],
    [
      'gives a token of 2 MB',
      `console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token: 'x'.repeat(2e6) } }))`,
    ],
    ['gives a token of two lines', `console.log(${JSON.stringify(answer('a\r\nX: b'))})`],
    [
      'gives a token that is not ASCII',
      `process.stdout.write(Buffer.concat([Buffer.from(${JSON.stringify(answer('@').split('@')[0])}), Buffer.from([0xff, 0xfe]), Buffer.from('"}}')]))`,
    ],
    ['prints brackets', `console.log('['.repeat(100000))`],
  ])('that %s gives none', async (_, script) => {
    const bin = makeBin();
    bin.add('login', script);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'login',
      interactiveMode: 'Never',
    };
    const fake = await startFake({ ports: {} });
    const connection = await openTo(fake, { env: bin.env }, { user: { exec } });
    for (const question of [
      { ask: 'server' },
      { ask: 'exec', pod: { namespace: 'a', name: 'b' }, container: 'c', argv: ['d'] },
    ] as const)
      expect(await ask(connection, question)).toMatchObject({ ok: false, why: 'unauthenticated' });
    expect(fake.requests).toEqual([]);
  });
});

test('a program that prints without end is killed, and so is its child', async () => {
  const bin = makeBin();
  const forever =
    "const mb = Buffer.alloc(1e6, 'x'); (function more() { process.stdout.write(mb, more); })();";
  bin.add(
    'istioctl',
    `process.on('SIGTERM', () => {}); const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever)}], { stdio: 'inherit' }); note(c.pid); note(process.pid); setInterval(() => {}, 1000);`,
  );
  const connection = await openTo(await startFake(), { env: bin.env });
  const got = await ask(connection, { ask: 'tool', tool: 'istioctl', args: ['version'] });
  expect(got).toMatchObject({ ok: false, why: 'tool-failed' });
  for (const pid of bin.recorded().map(Number))
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
