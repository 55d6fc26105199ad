// The tables of expected/, run: every fault of one half of the lab is produced once, and diagnosed by the built meshdoc
// with no more rights than it needs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Accuracy } from './accuracy.ts';
import { byFault, tables, type Half, type Row } from './expected.ts';
import type { AuditEntry, FaultContext, Lab } from './lab.ts';
import { BUILD_MS, diagnose, readyLab } from './meshdoc.ts';
import type { Report } from './report.ts';

export const FAULT_MS = 420_000;

/** Declares the tests; answers how to reach their lab. */
export async function runTables(half: Half): Promise<() => Lab> {
  const groups = byFault(await tables(), half);
  const accuracy = new Accuracy(half, [...groups.values()].flat().length);
  let mesh: Lab;
  let began: string;

  beforeAll(async () => {
    mesh = await readyLab();
    began = new Date().toISOString();
  }, BUILD_MS);

  afterAll(async () => {
    await accuracy.write();
    await mesh.mend();
  }, FAULT_MS);

  describe.each([...groups])('%s', (fault, all) => {
    test(
      fault === '' ? 'a healthy mesh' : 'is told apart',
      async () => {
        try {
          const context = fault === '' ? { target: 'deploy/web.shop' } : await mesh.breakIt(fault);
          for (const one of all) await check(mesh, one, context, accuracy);
        } finally {
          if (fault !== '') await mesh.mend(fault);
        }
      },
      FAULT_MS,
    );
  });

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
  return () => mesh;
}

async function check(
  mesh: Lab,
  one: Row,
  context: FaultContext,
  accuracy: Accuracy,
): Promise<void> {
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
