// JSON in answers: dumps of Envoy and istiod, several documents in one output, logs of JSON.
import { describe, expect, it } from 'vitest';
import { failed } from '../../src/core/ports.ts';
import { guard } from '../../src/guard/guard.ts';
import {
  always,
  CANARY,
  DUMP,
  json,
  JWT,
  LOGS,
  never,
  PEM_CERT,
  PEM_KEY,
  STATUS,
  through,
} from './samples.ts';

const MASKED = /^\[hidden, \d+ bytes\]$/;

const b64 = (text: string) => Buffer.from(text).toString('base64');

describe('JSON', () => {
  it('hides keys in a config dump and keeps certificates', async () => {
    const secret = {
      tls_certificate: {
        certificate_chain: { inline_bytes: b64(PEM_CERT) },
        private_key: { inline_bytes: b64(PEM_KEY) },
        password: { inline_string: CANARY },
      },
    };
    expect(await json({ name: 'default', secret })).toEqual({
      name: 'default',
      secret: {
        tls_certificate: {
          certificate_chain: { inline_bytes: b64(PEM_CERT) },
          private_key: { inline_bytes: '[hidden #1]' },
          password: { inline_string: '[hidden #2]' },
        },
      },
    });
  });

  it("leaves Envoy's own redaction and validation contexts alone", async () => {
    const secret = {
      tls_certificate: { private_key: { inline_bytes: b64('[redacted]') } },
      validation_context: { trust_domains: [{ trust_bundle: { inline_bytes: b64(PEM_CERT) } }] },
    };
    expect(await json({ secret })).toEqual({ secret });
  });

  it('applies the rules for objects inside /debug/configz, and scans inline Lua', async () => {
    const code = `function envoy_on_request(h)\n  h:headers():add("authorization", "Bearer ${CANARY}")\nend`;
    const filter = {
      kind: 'EnvoyFilter',
      metadata: { annotations: { 'x/token': CANARY } },
      spec: { code },
    };
    const safe = (await json([filter])) as (typeof filter)[];
    expect(JSON.stringify(safe)).not.toContain(CANARY);
    expect(safe[0]?.spec.code).toContain('function envoy_on_request(h)');
  });

  it('reads several documents, and keeps the bytes of those it does not change', async () => {
    const first = '{\n    "versionInfo": "2026-11-21T05:08:07Z/420",\n    "n": 1.0\n}';
    const stdout = `${first}\n{\n    "token": "${CANARY}"\n}\n`;
    const reply = await through(STATUS, { exitCode: 0, stdout, stderr: `token=${CANARY}` });
    expect(reply).toEqual({
      exitCode: 0,
      stdout: `${first}\n{\n    "token": "[hidden #1]"\n}\n`,
      stderr: 'token=[hidden #1]',
    });
  });

  it('guards what follows the JSON, and JSON that was cut off', async () => {
    const stdout = `{"a":1}\nError: token=${CANARY}`;
    expect((await through(STATUS, { exitCode: 1, stdout, stderr: '' })).stdout).toBe(
      '{"a":1}\nError: token=[hidden #1]',
    );
    const cut = `[{"password":"${CANARY}","private_key":"${PEM_KEY.replaceAll('\n', '\\n')}"},{"a":`;
    expect((await through(STATUS, { exitCode: 1, stdout: cut, stderr: '' })).stdout).not.toContain(
      CANARY,
    );
  });

  it('reads logs of JSON line by line, beside text', async () => {
    const lines = [
      'plain 200',
      JSON.stringify({ path: `/a?t=${CANARY}`, authorization: CANARY, code: 200 }),
      ...PEM_KEY.split('\n'),
      'end',
    ];
    expect(await through(LOGS, lines)).toEqual([
      'plain 200',
      '{"path":"/a?t=[hidden #1]","authorization":"[hidden #1]","code":200}',
      '[hidden #2]',
      'end',
    ]);
  });

  it('looks into JSON in strings, and at keys', async () => {
    const deep = {
      identifier: JSON.stringify({ ID: 'istiod', inner: JSON.stringify({ token: CANARY }) }),
    };
    expect(JSON.stringify(await json(deep))).not.toContain(CANARY);
    expect(await json({ [JWT]: 1, __proto__: null })).toEqual({ '[hidden #1]': 1 });
  });

  const deep = (depth: number) => `${'['.repeat(depth)}"${CANARY}"${']'.repeat(depth)}`;

  it('hides what lies deeper than anything real', async () => {
    const reply = await through(DUMP, { is: 'answered', status: 200, body: deep(900) });
    expect(reply.is === 'answered' && reply.body).toContain('[hidden]');
    expect(reply.is === 'answered' && reply.body).not.toContain(CANARY);
  });

  it.each([
    ['nested without end', deep(200_000), 'JSON nested more than 1000 deep'],
    ['opened without end', '{'.repeat(100_000), 'JSON nested more than 1000 deep'],
    ['of many values', `[${'{},'.repeat(2_000_000)}1]`, 'JSON of more than 2000000 values'],
    ['of many documents', '{} '.repeat(2_000_001), 'JSON of more than 2000000 values'],
    ['in one line', 'a '.repeat(600_000), '1200000 characters without a place to cut'],
  ])('does not answer with what is too large to be searched: %s', async (_, body, why) => {
    const reply = await guard(always({ is: 'answered', status: 200, body }))(DUMP, never);
    expect(reply).toEqual(failed('unreadable', `the answer is too large: ${why}`));
  });

  it('hides the part that is too large: one line of a log, one string', async () => {
    const lines = [
      'a',
      `{"token":"${CANARY}","x":${deep(2000)}}`,
      `token=${CANARY} `.repeat(60_000),
    ];
    const safe = await through(LOGS, lines);
    expect(safe).toEqual(['a', expect.stringMatching(MASKED), expect.stringMatching(MASKED)]);
    const long = { text: `${CANARY} `.repeat(60_000), nested: `{"a":${deep(2000)}}` };
    expect(await json(long)).toEqual({
      text: expect.stringMatching(MASKED),
      nested: expect.stringMatching(MASKED),
    });
  });

  it('passes on that nothing answered', async () => {
    expect(await through(DUMP, { is: 'silent', waitedMs: 5 })).toEqual({
      is: 'silent',
      waitedMs: 5,
    });
  });
});
