// Every fault, produced on a real mesh and diagnosed by the built meshdoc with no more rights than it needs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Accuracy } from './accuracy.ts';
import { byFault, tables, type Row } from './expected.ts';
import { lab, type AuditEntry, type FaultContext, type Lab } from './lab.ts';
import { BUILD_MS, bundle, diagnose, pathWithMeshdoc } from './meshdoc.ts';

const FAULT_MS = 240_000;

type Finding = {
  readonly code: string;
  readonly says: string;
  readonly means: string;
  readonly reach?: string;
  readonly since?: string;
  readonly avoid?: string;
  readonly fixes: readonly { readonly run: unknown; readonly verify: unknown }[];
};
type Report = {
  readonly diagnoses: readonly {
    readonly verdict: string;
    readonly findings: readonly Finding[];
    readonly gaps: readonly { readonly asked: string; readonly why: string }[];
  }[];
};

let mesh: Lab;
let began: string;

beforeAll(async () => {
  await bundle();
  mesh = await lab();
  await mesh.mend();
  began = new Date().toISOString();
}, BUILD_MS);

afterAll(async () => {
  await accuracy.write();
  await mesh.mend();
}, FAULT_MS);

const groups = byFault(await tables());
const accuracy = new Accuracy([...groups.values()].flat().length);

describe.each([...groups])('%s', (fault, all) => {
  test(
    fault === '' ? 'a healthy mesh' : 'is told apart',
    async () => {
      const context = fault === '' ? { target: 'deploy/web.shop' } : await mesh.breakIt(fault);
      try {
        for (const one of all) await check(one, context);
      } finally {
        if (fault !== '') await mesh.mend(fault);
      }
    },
    FAULT_MS,
  );
});

async function check(one: Row, context: FaultContext): Promise<void> {
  const ran = await diagnose(mesh, one, context, '-o', 'json');
  const report = JSON.parse(ran.stdout) as Report;
  const findings = report.diagnoses.flatMap((d) => d.findings);
  const codes = findings.map((f) => f.code);
  const right = ran.code === one.exit && (codes[0] ?? null) === one.first;
  accuracy.add({ ...one, found: codes[0] ?? null, right, ms: ran.ms });
  const told = `${one.table} ${one.scenario}: ${findings.map((f) => f.says).join(' ') || ran.stderr}`;
  expect.soft({ exit: ran.code, first: codes[0] ?? null }, told).toEqual({
    exit: one.exit,
    first: one.first,
  });
  const allowed = new Set([one.first, ...(one.also ?? [])]);
  expect
    .soft(
      codes.filter((code) => !allowed.has(code)),
      `${told}: false findings`,
    )
    .toEqual([]);
  const [first] = findings;
  const text = [first?.says, first?.means, first?.reach, first?.since, first?.avoid].join(' ');
  for (const pattern of one.says ?? []) expect.soft(text, one.scenario).toMatch(pattern);
  // With a symptom it is the finding itself that is not explained.
  if (one.exit === 4 && one.first === null) {
    expect.soft(report.diagnoses[0]?.gaps.length, told).toBeGreaterThan(0);
  }
}

test(
  'a fix that is printed works when it is pasted',
  async () => {
    const context = await mesh.breakIt('frozen');
    try {
      const ran = await diagnose(mesh, { table: 'stale' }, context, '-o', 'json');
      const report = JSON.parse(ran.stdout) as {
        diagnoses: {
          findings: {
            fixes: { risk: string; run: { shell: string }; verify: { shell: string } }[];
          }[];
        }[];
      };
      const fixes = report.diagnoses[0]?.findings[0]?.fixes ?? [];
      const fix = fixes.find(({ risk }) => risk === 'restarts-pods');
      expect(fix?.run.shell).toContain('delete pod');
      const pasted = await mesh.run(['sh', '-c', fix?.run.shell ?? 'false']);
      expect(pasted.code, pasted.stderr).toBe(0);
      await mesh.kubectl('-n', 'shop', 'rollout', 'status', 'deployment/web', '--timeout=90s');
      const verified = await mesh.run(['sh', '-c', fix?.verify.shell ?? 'false'], {
        user: 'oncall',
        env: { PATH: await pathWithMeshdoc(mesh) },
      });
      expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    } finally {
      await mesh.mend('frozen');
    }
  },
  FAULT_MS,
);

test('the API server saw reads alone', async () => {
  const asked = (await mesh.auditLog()).filter(
    ({ user, at }) => at >= began && ['oncall', 'noexec', 'noistio'].includes(user),
  );
  expect(asked.some(({ userAgent }) => userAgent.startsWith('meshdoc/'))).toBe(true);
  expect(asked.some(({ resource }) => resource === 'pods/portforward')).toBe(true);
  expect(
    asked.filter((entry) => !isRead(entry)).map((e) => `${e.user} ${e.verb} ${e.uri}`),
  ).toEqual([]);
});

/** get, list and watch (istioctl's); streams into a pod only to forward a port or to run a listed read. */
function isRead({ verb, resource, uri }: AuditEntry): boolean {
  if (resource === 'pods/portforward') return true;
  if (resource === 'pods/exec') return commandOf(uri).every((word) => READ_COMMAND.test(word));
  if (resource.startsWith('selfsubject')) return verb === 'create';
  return ['get', 'list', 'watch'].includes(verb);
}

const READ_COMMAND =
  /^(pilot-agent|pilot-discovery|request|GET|\/?(debug\/(syncz|connections)|metrics|stats\?.*|config_dump\?.*))$/;

function commandOf(uri: string): readonly string[] {
  return new URL(uri, 'https://cluster').searchParams.getAll('command');
}

test('a question that may not be asked is refused by the server for a user without rights', async () => {
  const ran = await diagnose(
    mesh,
    { table: 'stale', user: 'nobody' },
    { target: 'shop/web-x' },
    '-o',
    'json',
  );
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('may not get pods in shop');
});
