// The tables of expected/, run: the faults of one half of the lab whose turn it is are produced once each, and diagnosed by
// the built meshdoc with no more rights than it needs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tables, type Half, type Row } from './expected.ts';
import { judged } from './judged.ts';
import type { AuditEntry, FaultContext, Lab } from './lab.ts';
import { BUILD_MS, readyLab } from './meshdoc.ts';
import { announce, chosenOf, groupsOf, turn } from './turns.ts';

export const FAULT_MS = 420_000;

/** How many faults a half produces at a time, beside those that are always produced. */
const SIZE = 12;

/** Declares the tests; answers how to reach their lab. */
export async function runTables(half: Half): Promise<() => Lab> {
  const { groups, says } = chosenOf(groupsOf(await tables(), half), SIZE, turn, half);
  announce(says);
  if (groups.length === 0) throw new Error(`no such row on the lab's half ${half}`);
  let mesh: Lab;
  let began: string;
  // A lab that did not become healthy again would cost each fault that follows its whole time.
  let unmended: string | undefined;

  beforeAll(async () => {
    mesh = await readyLab();
    began = new Date().toISOString();
  }, BUILD_MS);

  afterAll(async () => {
    await mesh.mend();
  }, FAULT_MS);

  describe.each(groups.map(({ fault, rows }) => [fault, rows] as const))('%s', (fault, rows) => {
    test(
      fault === '' ? 'a healthy mesh' : 'is told apart',
      async () => {
        if (unmended !== undefined) throw new Error(`the lab is not healthy since ${unmended}`);
        try {
          const context = fault === '' ? { target: 'deploy/web.shop' } : await mesh.breakIt(fault);
          for (const one of rows) await check(mesh, one, context);
        } finally {
          if (fault !== '') {
            unmended = fault;
            await mesh.mend(fault);
            unmended = undefined;
          }
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
    // One row need not forward a port.
    if (turn.runs !== 'one')
      expect(asked.some(({ resource }) => resource === 'pods/portforward')).toBe(true);
    expect(
      asked.filter((entry) => !isRead(entry)).map((e) => `${e.user} ${e.verb} ${e.uri}`),
    ).toEqual([]);
  });
  return () => mesh;
}

/** Where a fault is, these say what is visibly not well beside it, and why. */
const EXPLAINS = /^(?:pod|linkerd-control-plane)\//;

async function check(mesh: Lab, one: Row, context: FaultContext): Promise<void> {
  const { ran, report, findings, codes, found } = await judged(mesh, one, context);
  const told = `${one.table} ${one.scenario}: ${findings.map((f) => f.says).join(' ') || ran.stderr}`;
  expect.soft({ exit: ran.code, first: found }, told).toEqual({
    exit: one.exit,
    first: one.first,
  });
  const allowed = new Set([one.first, ...(one.also ?? [])]);
  expect
    .soft(
      codes.filter((code) => !allowed.has(code) && !(one.first !== null && EXPLAINS.test(code))),
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
