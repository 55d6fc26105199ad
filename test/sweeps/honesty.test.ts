// Each list answered with what is no answer, and each small set of rights: nothing is well, ruled out or proven that was not
// read.
import { describe, expect, test } from 'vitest';
import { triageId } from '../../src/core/triage.ts';
import type { Case } from '../../src/snapshot/case.ts';
import type { Question } from '../../src/core/question.ts';
import { asked, run, type Ran, type Scenario } from '../helpers/scenarios.ts';
import { unknownFaults } from '../helpers/known-faults.ts';
import {
  allowing,
  answering,
  badLists,
  sample,
  shortLists,
  withCrashing,
  withDeleted,
  withoutControlPlane,
  withPlaneScaledDown,
  withoutImage,
  withoutNetwork,
  withUnready,
  withUnscheduled,
} from '../helpers/twists.ts';
import { all, faults, findings, isHealthy, newGaps, original } from './shared.ts';
import { runsAll, shareOfEach } from '../helpers/share.ts';

describe('lists', () => {
  test.each(shareOfEach(all, 4))(
    '$name: a list that is none is a gap, or not needed',
    async (scenario) => {
      const before = await original(scenario.name);
      const wrong: string[] = [];
      for (const [what, key, change] of chosen(scenario, before, badLists, 2)) {
        const after = await run(scenario.name, scenario.saved, { safe: answering(key, change) });
        const where = `${what} for "${key}"`;
        wrong.push(...faults(before, after).map((fault) => `${where}: ${fault}`));
        if (!after.diagnosed.ok) continue;
        const named = newGaps(before, after).length > 0;
        if (named && isHealthy(after)) wrong.push(`${where}: healthy`);
        const same = JSON.stringify(findings(before)) === JSON.stringify(findings(after));
        if (!named && !same) wrong.push(`${where}: other findings, and no gap that says why`);
      }
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );

  // A server that leaves a part out and calls it all cannot be told from one that tells the truth: whoever looks by hand is
  // told the same. What is said then is true of what was answered; that it is said at all is all there is to hold.
  test.each(shareOfEach(all, 4, 1))(
    '$name: a list that is too short breaks no step',
    async (scenario) => {
      const before = await original(scenario.name);
      const wrong: string[] = [];
      for (const [what, key, change] of chosen(scenario, before, shortLists, 1)) {
        const after = await run(scenario.name, scenario.saved, { safe: answering(key, change) });
        wrong.push(...after.bugs.map((bug) => `${what} for "${key}": ${String(bug)}`));
        if (!after.diagnosed.ok && after.diagnosed.refusal.says === '') wrong.push('no word');
      }
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );
});

/**
 * A 404 is the truth where a cluster does without: the Gateway API, cert-manager and the Prometheus operator are no part of
 * a mesh, and Linkerd had no rate limits before 2.17. A list of all namespaces may hold any.
 */
const maybe: Readonly<Record<string, RegExp>> = {
  'a 404':
    /gateway\.networking\.k8s\.io|cert-manager\.io|monitoring\.coreos\.com|httplocalratelimit/,
  'other namespaces': / -A/,
};

/** Some of the lists, each with some of the lies: what one scenario leaves out, its neighbour has. */
function chosen(scenario: Scenario, before: Ran, lies: typeof badLists, most: number) {
  const lists = [...asked(before)].flatMap(([key, { ask }]) => (ask === 'list' ? [key] : []));
  const pairs = lists.flatMap((key) =>
    Object.entries(lies)
      .filter(([what]) => !maybe[what]?.test(key))
      .map(([what, change]) => [what, key, change] as const),
  );
  return sample(pairs, runsAll ? 4 * most : most, all.indexOf(scenario));
}

const rights: Readonly<Record<string, (question: Question) => boolean>> = {
  'get pods': (q) => q.ask === 'get' && q.ref.resource.plural === 'pods',
  'get and list pods': (q) => resourceOf(q) === 'pods',
  'get pods and logs': (q) => q.ask === 'logs' || resourceOf(q) === 'pods',
  'all but Secrets and ConfigMaps': (q) => !['secrets', 'configmaps'].includes(resourceOf(q) ?? ''),
  'view without CRDs': (q) => q.ask === 'logs' || !(groupOf(q) ?? 'x').includes('.'),
};

function resourceOf(q: Question): string | undefined {
  if (q.ask === 'get') return q.ref.resource.plural;
  return q.ask === 'list' ? q.resource.plural : undefined;
}
function groupOf(q: Question): string | undefined {
  if (q.ask === 'get') return q.ref.resource.group;
  return q.ask === 'list' ? q.resource.group : undefined;
}

describe('rights', () => {
  const sets = Object.entries(rights);
  test.each(shareOfEach(all, 4, 1))(
    '$name: what may not be read is not ruled out',
    async (scenario) => {
      const before = await original(scenario.name);
      const wrong: string[] = [];
      for (const [what, may] of runsAll ? sets : sample(sets, 1, all.indexOf(scenario))) {
        const after = await run(scenario.name, scenario.saved, { safe: allowing(may) });
        wrong.push(...faults(before, after).map((fault) => `with ${what}: ${fault}`));
        const pods = /pods/.test(what) ? unread(after) : [];
        wrong.push(...pods.map((step) => `with ${what}: ${step} is clear, and nothing was read`));
      }
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );
});

/** Steps that rule something out and read nothing for it, where all that was read is pods. */
function unread({ diagnoses }: Ran): readonly string[] {
  return diagnoses.flatMap((d) =>
    d.steps.flatMap(({ id, rulesOut, outcome }) =>
      rulesOut && outcome.is === 'clear' && outcome.evidence.length === 0 && hasGap(d, id)
        ? [`${d.runbook}/${id}`]
        : [],
    ),
  );
}

/** Of several runbooks, the step's own: what another could not read is no part of it. */
function hasGap({ runbook, gaps, steps }: Ran['diagnoses'][number], step: string): boolean {
  if (runbook !== triageId) return gaps.length > 0;
  const [own = ''] = step.split('/');
  return steps.some(
    ({ id, outcome }) => id.startsWith(`${own}/`) && outcome.is === 'could-not-check',
  );
}

/** Of healthy scenarios, what the change makes of each pod that was diagnosed; and how it is seen in the evidence. */
const lies: readonly (readonly [string, RegExp, (saved: Case, pod: string) => Case])[] = [
  ['a pod that crashes', /./, withCrashing],
  ['a pod whose image cannot be pulled', /./, withoutImage],
  ['a pod that no node takes', /./, withUnscheduled],
  ['a pod that stays after its deletion', /./, withDeleted],
  ['a pod without a network', /./, withoutNetwork],
  ['a pod that is not ready', /not ready/, withUnready],
  // Who is not injected by design needs no injector: then it is asked for, and not looked at.
  ['a control plane that is down', /0 of \d+ ready/, withoutControlPlane],
  ['a control plane that is scaled to 0', /0 of 0 ready/, withPlaneScaledDown],
];

test.each(lies)('%s is never said to be well', async (_, seen, change) => {
  const wrong: string[] = [];
  let tried = 0;
  for (const { name, saved } of shareOfEach(all, 3, 2)) {
    const before = await original(name);
    if (!isHealthy(before)) continue;
    for (const pod of new Set(before.diagnoses.map((d) => d.target))) {
      const changed = change(saved, pod);
      if (JSON.stringify(changed.objects) === JSON.stringify(saved.objects)) continue;
      tried += 1;
      const after = await run(name, changed);
      if (isHealthy(after) && seen.test(JSON.stringify(after.diagnoses)))
        wrong.push(`${name}: ${pod}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(runsAll ? 20 : 3);
});

/** Runbooks of a mesh look at its control plane without a line of their own. */
test.each([withoutControlPlane, withPlaneScaledDown])(
  'whatever a runbook of a mesh finds well, its control plane was looked at (%#)',
  async (change) => {
    const wrong: string[] = [];
    const meshed = all.filter(({ runbook }) =>
      /^(?:rbac|injection|stale|linkerd-.*)$/.test(runbook),
    );
    for (const { name, saved } of shareOfEach(meshed, 3, 1)) {
      const before = await original(name);
      if (!isHealthy(before) || isCut(before)) continue;
      const changed = change(saved);
      if (JSON.stringify(changed.objects) === JSON.stringify(saved.objects)) continue;
      if (isHealthy(await run(name, changed))) wrong.push(name);
    }
    expect(unknownFaults(wrong)).toEqual([]);
  },
);

/** What is not in a mesh by design is asked nothing more. */
function isCut({ diagnoses }: Ran): boolean {
  return diagnoses.some(({ steps }) =>
    steps.some(({ outcome }) => outcome.is === 'skipped' && /^answered by/.test(outcome.because)),
  );
}
