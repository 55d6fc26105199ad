// Secrets in what a person typed: in no format, no saved case, no error and no command that is printed to be typed again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/core/object.ts';
import { writeCase } from '../../src/snapshot/save.ts';
import { formats } from '../../src/report/formats.ts';
import { cli } from '../helpers/fake-io.ts';
import { codesOf, run, scenarios, type Scenario } from '../helpers/scenarios.ts';
import { shareOfEach } from '../helpers/share.ts';

const secret = 'Zq8canaryW3x';
const short = 'T';
const asked = (await scenarios()).filter(
  ({ runbook }) => runbook === 'rbac' || runbook === 'linkerd-policy',
);
const typed = [
  ...['--path', `/cb?access_token=${secret}`, '--method', 'GET'],
  ...['--header', `authorization=Bearer ${secret}`, '--header', 'x-team=blue'],
];

describe('in no format', () => {
  test.each(
    shareOfEach(
      asked.filter((_, i) => i % 4 === 0),
      3,
    ),
  )('$name', async ({ dir: from }) => {
    for (const format of Object.keys(formats)) {
      const argv = ['diagnose', '--from', from, ...typed, '-o', format, '--verbose'];
      const { out, err } = await cli(argv);
      expect(out).not.toBe('');
      expect(out + err, format).not.toContain(secret);
    }
  });

  test.each([
    ['--path', `/cb?state=${secret}`],
    ['--path', `/cb?filter=${secret}`],
    ['--header', `x-admin-key:${secret}`],
    ['--header', `x-admin-key=${secret}`],
  ])('%s %s', async (flag, value) => {
    const argv = ['diagnose', '--from', asked[0]?.dir ?? '', '--path', '/', flag, value];
    const { out, err } = await cli([...argv, '-o', 'json', '--verbose']);
    expect(out).toContain('[hidden');
    expect(out + err).not.toContain(secret);
  });

  test('the case of one letter, too', async () => {
    const from = asked[0]?.dir ?? '';
    const flags = [
      '--path',
      `/cb?access_token=${short}`,
      '--header',
      `authorization=Bearer ${short}`,
    ];
    const { out, err } = await cli(['diagnose', '--from', from, ...flags, '-o', 'json']);
    expect(out).not.toMatch(/access_token=T|Bearer T|=T\b/);
    expect(out).toContain('access_token=[hidden');
    expect(err).toContain(
      '--path and --header hold a secret, which is hidden in the report and in a saved case',
    );
  });
});

function withInput(one: Scenario, input: Readonly<Record<string, string>>): Scenario['saved'] {
  const { file } = one.saved;
  return { ...one.saved, file: { ...file, input: { ...file.input, ...input } } };
}

test.each(shareOfEach(asked, 6, 1))(
  '$name: what is kept of the run says the same again',
  async (one) => {
    const header = `authorization=Bearer ${secret}\nx-team=blue`;
    const input = { path: `/cb?access_token=${secret}`, method: 'GET', header };
    const first = await run(one.name, withInput(one, input));
    if (!first.diagnosed.ok) throw new Error(first.diagnosed.refusal.says);
    const { head } = first.diagnosed;
    expect(JSON.stringify([head, first.diagnoses])).not.toContain(secret);
    expect(head.input).toMatchObject({
      path: expect.stringMatching(/^\/cb\?access_token=\[hidden/),
    });
    const again = await run(one.name, withInput(one, head.input));
    expect([codesOf(again), again.exit]).toEqual([codesOf(first), first.exit]);
  },
);

describe('a policy that asks for the value', () => {
  const one = asked.find(({ name }) => name === 'rbac/healthy-with-policies');
  if (!one) throw new Error('there is no such case');
  const key = 'request.headers[x-api-key]';
  const asks = (o: KubeObject, value: string): KubeObject => {
    const { rules = [] } = (o.spec ?? {}) as { rules?: readonly object[] };
    const when = [{ key, values: [value] }];
    return o.kind === 'AuthorizationPolicy' && o.metadata.name === 'allow-web'
      ? { ...o, spec: { ...(o.spec as object), rules: rules.map((rule) => ({ ...rule, when })) } }
      : o;
  };
  const asking = async (header: string, value = secret) => {
    const path = await mkdtemp(join(tmpdir(), 'meshdoc-typed-'));
    const objects = one.saved.objects.map((o) => asks(o, value));
    await writeCase(join(path, 'case'), { ...one.saved, objects });
    const argv = ['diagnose', '--from', join(path, 'case'), '--header', header, '-o', 'json'];
    const { code, out, err } = await cli(argv);
    await rm(path, { recursive: true });
    expect(out + err).not.toContain(secret);
    return { code, codes: out.match(/(?<="code": ")rbac[^"]+/g) ?? [] };
  };

  test('is decided with it', async () => {
    // What the proxy has is not what was planted, and that is found; the header is not what fails.
    const right = await asking(`x-api-key=${secret}`);
    expect(right.codes).not.toContain('rbac/no-allow');
    expect(right.codes).not.toContain('rbac/hangs-on');
  });

  test.each([
    ['another secret', `x-api-key=${secret}Z`, secret],
    ['what the case hid', 'x-api-key=[hidden]', secret],
    ['what the case hid, and a new one', `x-api-key=${secret}`, '[hidden #1]'],
    ['part of it', `x-api-key=${secret}`, `${secret.slice(0, 6)}*`],
  ])('%s is not known to be the same', async (_, header, value) => {
    expect(await asking(header, value)).toMatchObject({ code: 4, codes: ['rbac/hangs-on'] });
  });
});

describe('in no error', () => {
  test.each([
    [['diagnose', 'rbac', 'web', '--header', `authorization Bearer ${secret}`]],
    [['diagnose', 'rbac', 'web', '--path', `cb?access_token=${secret}`]],
    [['diagnose', 'stale', `http://u:${secret}@host/`]],
    [['diagnose', 'stael', `token=${secret}`]],
    [['diagnose', 'rbac', 'web', '--password=' + secret]],
    [['diagnose', '--from', `/nowhere?token=${secret}`]],
    [['diagnose', 'x', 'y', 'z', '--prometheus', `http://u:${secret}@h`, '--context', 'no']],
  ])('%j', async (argv) => {
    const { code, out, err } = await cli(argv);
    expect(code).not.toBe(0);
    expect(out + err).not.toContain(secret);
    expect(err).not.toBe('');
  });
});

describe('of a token that was typed', () => {
  const dir = asked.find(({ name }) => name === 'rbac/jwt-expired')?.dir ?? '';
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const told = async (claims: object) => {
    const token = `${part({ alg: 'RS256' })}.${part(claims)}.${secret}`;
    const argv = ['diagnose', '--from', dir, '--header', `authorization=Bearer ${token}`];
    const { out, err } = await cli(argv);
    expect(out + err).not.toContain(token);
    return err;
  };
  const noon = Date.parse('2026-11-30T12:00:00Z') / 1000;

  test('it is told that it expired, and when', async () => {
    expect(await told({ exp: noon - 3600 })).toContain(
      'the token in --header expired at 2026-11-30T11:00:00.000Z',
    );
  });

  test('it is told that it comes too early', async () => {
    expect(await told({ exp: noon + 3600, nbf: noon + 60 })).toContain(
      'the token in --header is not valid before 2026-11-30T12:01:00.000Z',
    );
  });

  test.each([{ exp: noon + 3600 }, {}, { exp: 1e300 }, { exp: 'never' }])(
    '%j: nothing is told of its time',
    async (claims) => {
      expect(await told(claims)).not.toContain('the token in --header');
    },
  );
});
