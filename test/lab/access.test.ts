// Roles as `meshdoc access` prints them, applied to a real API server: with exactly its role each runbook works without
// a gap, and with one rule less it names what is missing. The user exists by impersonation alone.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { entries } from '../../src/registry.ts';
import type { Lab } from './lab.ts';
import { BUILD_MS, readyLab, root } from './meshdoc.ts';
import type { Report } from './report.ts';
import { FAULT_MS } from './rows.ts';
import type { Result } from './sh.ts';
import { taken } from './turns.ts';

const user = 'access-test';

type RoleRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
};
type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly RoleRule[];
};

/** What each runbook is asked about in a healthy mesh, and the fault that installs its mesh. */
const cases: Readonly<Record<string, { readonly words: string; readonly mesh?: string }>> = {
  stale: { words: 'deploy/web.shop' },
  oom: { words: 'deploy/web.shop' },
  injection: { words: 'deploy/web.shop' },
  rbac: { words: 'deploy/web.shop cart.shop:8080' },
  'linkerd-identity': { words: 'deploy/web.emojivoto', mesh: 'linkerd-installed' },
  'linkerd-injection': { words: 'deploy/web.emojivoto', mesh: 'linkerd-installed' },
  'linkerd-metrics': { words: 'deploy/web.emojivoto', mesh: 'linkerd-installed' },
  'linkerd-policy': { words: 'deploy/web.emojivoto', mesh: 'linkerd-installed' },
  'linkerd-control-plane': { words: 'deploy/web.emojivoto', mesh: 'linkerd-installed' },
  pod: { words: 'deploy/web.shop' },
};

let mesh: Lab;
beforeAll(async () => {
  mesh = await readyLab();
}, BUILD_MS);
afterAll(async () => {
  await mesh.mend();
}, FAULT_MS);

test('every runbook has its case', () => {
  expect(Object.keys(cases).sort()).toEqual(entries.map(({ id }) => id).sort());
});

describe.each(Object.entries(cases))('%s', (id, { words, mesh: installed }) => {
  let printed: readonly Manifest[] = [];

  beforeAll(async () => {
    if (installed !== undefined) await mesh.breakIt(installed);
    // Bound to every namespace, a role for targets would also give what the one of the control plane gives.
    const namespace = /\.(\w+)/.exec(words)?.[1];
    const within = namespace === undefined ? [] : ['-n', namespace];
    const ran = await meshdoc('access', id, '--user', user, ...within);
    expect(ran.code, ran.stderr).toBe(0);
    printed = parseAllDocuments(ran.stdout).map((d) => d.toJS() as Manifest);
    await apply(printed);
  }, FAULT_MS);
  afterAll(async () => {
    for (const one of printed.toReversed())
      await mesh.kubectl('delete', '--ignore-not-found', one.kind, one.metadata.name, ...nsOf(one));
  }, FAULT_MS);

  test(
    'works with exactly the role that is printed',
    async () => {
      const { report, ran } = await diagnosed(id, words);
      expect(ran.stderr).toBe('');
      expect(report.diagnoses.length).toBeGreaterThan(0);
      expect(forbidden(report)).toEqual([]);
      const checked = await as('access', '--check', id, ...namespaceFlag(words));
      expect(checked.code, checked.stdout).toBe(0);
    },
    FAULT_MS,
  );

  test(
    'names what is taken from it',
    async () => {
      const unnamed: string[] = [];
      for (const less of taken(`rules of ${id}`, withOneLess(printed), RULES)) {
        await apply([less.role]);
        const { report, ran } = await diagnosed(id, words);
        const told = `${forbidden(report).join('\n')}\n${ran.stderr}`;
        // A right that this target makes no use of is told by the check, which knows all of them.
        const checked = await as('access', '--check', id, ...namespaceFlag(words));
        const table = checked.stdout.replace(/\s+/g, ' ');
        if (checked.code !== 3 || !less.rights.some((right) => table.includes(right)))
          unnamed.push(`access --check does not name ${less.rights.join(', ')}`);
        if (less.always && !less.rights.some((right) => told.includes(right)))
          unnamed.push(`diagnose ${id} does not name ${less.rights.join(', ')}: ${told}`);
        await apply(printed);
      }
      expect(unnamed).toEqual([]);
    },
    FAULT_MS * 2,
  );
});

/** What every diagnosis asks, whatever it finds: its target and its control plane's pods. A workload is found by lists alone. */
const ALWAYS = /^(get pods|list pods|create pods\/portforward|get pods\/portforward)$/;

/** How many rules of a runbook are taken away at a time. */
const RULES = 3;

type Less = {
  readonly role: Manifest;
  /** What is gone: `list deployments.apps`. */
  readonly rights: readonly string[];
  readonly always: boolean;
};

/** Each role with each of its rules taken out once; of a long role every third. */
function withOneLess(all: readonly Manifest[]): readonly Less[] {
  return all.flatMap((role) => {
    const { rules = [] } = role;
    const step = rules.length > 6 ? 3 : 1;
    return rules.flatMap((gone, i) => {
      if (i % step !== 0) return [];
      const rights = gone.resources.flatMap((resource) =>
        gone.verbs.map((verb) => `${verb} ${named(resource, gone.apiGroups[0] ?? '')}`),
      );
      const left = { ...role, rules: rules.filter((rule) => rule !== gone) };
      const isRoot = role.kind === 'Role' || role.metadata.name.endsWith('-target');
      const always = rights.every((r) => ALWAYS.test(r)) && rights.some((r) => r !== 'get pods');
      return [{ role: left, rights, always: isRoot && always }];
    });
  });
}

function named(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function forbidden({ diagnoses }: Report): readonly string[] {
  return diagnoses
    .flatMap(({ gaps }) => gaps)
    .filter(({ why }) => why === 'forbidden')
    .map(({ asked, detail = '' }) => `${asked}: ${detail}`);
}

async function diagnosed(id: string, words: string): Promise<{ report: Report; ran: Result }> {
  const targets = words.split(' ').filter((word) => word !== '');
  const ran = await as('diagnose', id, ...targets, ...namespaceFlag(words), '-q', '-o', 'json');
  return { report: JSON.parse(ran.stdout) as Report, ran };
}

function namespaceFlag(words: string): readonly string[] {
  const namespace = /\.(\w+)/.exec(words)?.[1];
  return namespace === undefined ? [] : ['-n', namespace];
}

async function apply(all: readonly Manifest[]): Promise<void> {
  await mesh.apply(all.map((one) => JSON.stringify(one)).join('\n---\n'));
}

function nsOf({ metadata: { namespace } }: Manifest): readonly string[] {
  return namespace === undefined ? [] : ['-n', namespace];
}

function as(...argv: readonly string[]): Promise<Result> {
  return meshdoc(...argv, '--as', user);
}

function meshdoc(...argv: readonly string[]): Promise<Result> {
  return mesh.run([process.execPath, join(root, 'bin/meshdoc.js'), ...argv], { timeoutMs: 90_000 });
}
