// The set as a whole: what no single runbook and no single scenario can show.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shell } from '../src/core/command.ts';
import type { AnyFact } from '../src/core/fact.ts';
import { risks, type Fix } from '../src/core/fix.ts';
import { questionText } from '../src/core/question.ts';
import type { Message } from '../src/core/finding.ts';
import type { Runbook } from '../src/core/runbook.ts';
import { triageId } from '../src/core/triage.ts';
import { differences } from '../src/docs/generate.ts';
import { resourceOf, type Rule } from '../src/access/rules.ts';
import { entries, load, triageEntry } from '../src/registry.ts';
import { placesOf, rulesFor, rulesLetting } from './helpers/covered.ts';
import { readAnswer } from '../src/snapshot/case.ts';
import { codesOf, run, scenarios, type Ran } from './helpers/scenarios.ts';
import { root } from './helpers/sources.ts';

/** Runbooks that findings already point to, and that are still to be written. */
const coming: readonly string[] = [];

/** Codes that no scenario produces, each with a reason. To be emptied. */
const unproven: ReadonlyMap<string, string> = new Map([]);

const runbooks: readonly Runbook[] = await Promise.all(entries.map(load));
const all = await scenarios();
const ran = new Map<string, Ran>();
for (const { name, saved } of all) ran.set(name, await run(name, saved));

const messages = runbooks.flatMap(({ head }) =>
  Object.entries(head.findings as Readonly<Record<string, Message>>).map(
    ([id, message]) => [`${head.id}/${id}`, message] as const,
  ),
);

function twice(names: readonly string[]): readonly string[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}

/** As the pages are made of it. */
const replayed = [...ran].map(([name, { diagnoses }]) => ({ name, diagnoses }));

/** Every fix that some case shows, with the code of its finding. */
const fixes: readonly (readonly [string, Fix])[] = replayed.flatMap(({ diagnoses }) =>
  diagnoses.flatMap(({ findings }) =>
    findings.flatMap((finding) => finding.fixes.map((fix) => [finding.code, fix] as const)),
  ),
);

describe('names', () => {
  test('a runbook is called what its file is called', async () => {
    const files = (await readdir(join(root, 'runbooks'), { recursive: true }))
      .map((path) => /^[\w-]+\/([\w-]+)\/\1\.ts$/.exec(path.replaceAll('\\', '/'))?.[1])
      .filter((name) => name !== undefined);
    expect(files.sort(), 'a runbook came or went: npm run docs').toEqual(
      entries.map((e) => e.id).sort(),
    );
    expect(
      runbooks.map((r) => r.head.id),
      'give head.id the name of the file, runbooks/<mesh>/<id>/<id>.ts, then: npm run docs',
    ).toEqual(entries.map((e) => e.id));
  });

  test('no two runbooks answer to one name', () => {
    const names = entries.flatMap((e) => [e.id, ...e.aliases]);
    expect(twice(names).map((name) => `${name}: rename it, or take it out of aliases`)).toEqual([]);
  });

  test('every code is there once', () => {
    const codes = messages.map(([code]) => code);
    expect(twice(codes).map((code) => `${code}: rename one of the two in says.ts`)).toEqual([]);
    expect(
      entries.flatMap((e) => e.codes),
      'a finding came or went: npm run docs',
    ).toEqual(codes);
  });

  test('whatever a finding points to exists, or is coming', () => {
    const known = new Set(entries.map((e) => e.id));
    const pointers = messages.flatMap(([, m]) =>
      [...(m.see ?? []), m.follow?.runbook ?? []].flat(),
    );
    const wanted = new Set(pointers);
    const lost = [...wanted].filter((id) => !known.has(id) && !coming.includes(id));
    const done = coming.filter((id) => known.has(id) || !wanted.has(id));
    expect([
      ...lost.map((id) => `there is no runbook ${id}: correct see or follow in says.ts`),
      ...done.map((id) => `take ${id} out of \`coming\` in test/set.test.ts`),
    ]).toEqual([]);
  });
});

describe('proof by scenario', () => {
  test('every code is produced by one', () => {
    const produced = new Set<string>([...ran.values()].flatMap((r) => codesOf(r)));
    const missing: readonly string[] = messages
      .map(([code]) => code)
      .filter((code) => !produced.has(code));
    const unshown = missing.filter((code) => !unproven.has(code));
    const proven = [...unproven.keys()].filter((code) => !missing.includes(code));
    expect([
      ...unshown.map((code) => `add a scenario that finds it: test/scenarios/${code}`),
      ...proven.map((code) => `take ${code} out of \`unproven\` in test/set.test.ts`),
    ]).toEqual([]);
  });

  test('a case of triage that is written by hand names its runbooks', () => {
    const unnamed = all.filter(
      ({ saved: { file } }) => file.runbook === triageEntry.id && file.complete && !file.runbooks,
    );
    expect(
      unnamed.map(
        ({ name }) =>
          `add a list to test/scenarios/${name}/scenario.yaml, so that a new runbook does not change it: runbooks: [<id>]`,
      ),
    ).toEqual([]);
  });

  test.each(runbooks.map((r) => [r.head.id, r] as const))(
    '%s: one is healthy, one is denied something, and every fact is looked at',
    (id, { steps }) => {
      const mine = all.filter((s) => s.runbook === id);
      const runs = mine.map((s) => ran.get(s.name)).filter((r) => r !== undefined);
      const healthy = runs.some((r) => r.exit === 0 && codesOf(r).length === 0);
      const denied = runs.some((r) =>
        r.diagnoses.some((d) => d.gaps.some((g) => g.why === 'forbidden')),
      );
      const facts = [...new Set(steps.flatMap((step) => step.uses))] as readonly AnyFact[];
      const shown = new Set(
        runs.flatMap((r) => r.diagnoses.flatMap((d) => d.evidence.map((e) => words(e.asked)))),
      );
      const unseen = facts.filter((fact) => ![...shown].some((text) => isOf(fact, text)));
      const at = `test/scenarios/${id}`;
      expect([
        ...(healthy ? [] : [`add a scenario without a fault, exit 0: ${at}/healthy`]),
        ...(denied ? [] : [`add a scenario with a reply \`why: forbidden\`: ${at}/denied`]),
        ...unseen.map(
          ({ name }) =>
            `add a scenario under ${at} that looks at ${name}, or take it out of \`uses\``,
        ),
      ]).toEqual([]);
    },
  );

  test('none asks more than the page on its load says', () => {
    const limit = (name: string) => (name.startsWith(`${triageId}/`) ? 80 : 50);
    const most = [...ran].filter(([name, { questions }]) => questions.length > limit(name));
    expect(most.map(([name, { questions }]) => `${name} asks ${questions.length}`)).toEqual([]);
  });

  test('no question asks istiod to compare one proxy with itself', () => {
    // Before 1.26.5 that form of proxy-status breaks TLS at gateways (istio issue 57789).
    const asked = [...ran.values()].flatMap((r) => r.questions.map(questionText));
    const status = asked.filter((key) => /proxy-status|\bps\b/.test(key));
    expect(status.length).toBeGreaterThan(0);
    const instead = 'ask for every proxy, without the name of a pod (istio issue 57789)';
    expect(
      status.filter((key) => !onlyFlags(key)),
      instead,
    ).toEqual([]);
    expect(
      asked.filter((key) => key.includes('config_dump?proxyID')),
      instead,
    ).toEqual([]);
    expect(onlyFlags('istioctl proxy-status web-1.shop -i istio-system')).toBe(false);
  });
});

/** `istioctl proxy-status` with flags and their values, and no name of a pod. */
function onlyFlags(key: string): boolean {
  return /^istioctl proxy-status( -(o json|v 1|i \S+)| --revision \S+)*$/.test(key);
}

/** Figures and names differ from scenario to scenario; the words around them do not. */
function words(text: string): string {
  return text.replaceAll('`', '');
}

/** Whether this was asked by that fact: its sentence with any argument in the place of names. */
function isOf(fact: AnyFact, text: string): boolean {
  const any = '\u0000';
  // Whatever of whatever: it reads as one mark, so that the words around the arguments remain.
  const anything: object = new Proxy(() => any, {
    get: (_, key) => (key === Symbol.toPrimitive || key === 'toString' ? () => any : anything),
  });
  const pattern = fact
    .asks(anything)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(any, '.+');
  return new RegExp(`^${pattern}$`).test(text);
}

describe('access', () => {
  const ids = [...entries.map((e) => e.id), triageEntry.id];

  test('the printed role of a runbook covers every question that it asks', async () => {
    const uncovered: string[] = [];
    for (const scenario of all) {
      const one = ran.get(scenario.name);
      if (!one) continue;
      const asking = new Set([scenario.saved.file.runbook, ...one.diagnoses.map((d) => d.runbook)]);
      const rules = (await Promise.all([...asking].map(rulesFor))).flat();
      const places = placesOf(scenario, one);
      for (const question of one.questions) {
        if (rulesLetting(question, rules, places)?.length === 0)
          uncovered.push(
            `${scenario.name} asks "${questionText(question)}": add that right to \`needs\` of the fact that asks it, in src/facts`,
          );
      }
    }
    expect(uncovered).toEqual([]);
  });

  test('no rule is printed that nothing asks for', async () => {
    const used = new Set<Rule>();
    for (const scenario of all) {
      const one = ran.get(scenario.name);
      if (!one) continue;
      const asking = new Set([scenario.saved.file.runbook, ...one.diagnoses.map((d) => d.runbook)]);
      const rules = (await Promise.all([...asking].map(rulesFor))).flat();
      const places = placesOf(scenario, one);
      for (const question of one.questions)
        for (const rule of rulesLetting(question, rules, places) ?? []) used.add(rule);
    }
    const idle = await Promise.all(
      ids.map(async (id) =>
        (await rulesFor(id))
          // Triage needs what its runbooks need, and each of those shows its own.
          .filter((rule) => id !== triageId && !used.has(rule) && !isMaker(rule))
          .map(
            (rule) =>
              `no scenario of ${id} needs "${rule.verbs.join(', ')} ${resourceOf(rule)} in ${rule.where}": add one that asks for it (for "list pods" its target is a workload, deploy/web.shop), or take it out of \`needs\` of the fact`,
          ),
      ),
    );
    expect(idle.flat()).toEqual([]);
  });
});

/** What a target may be named by: of its kinds a scenario shows one or two. */
function isMaker({ where, resource, verbs }: Rule): boolean {
  const kinds = /^(?:(?:deployment|statefulset|daemonset|replicaset|job|cronjob|service)s)$/;
  return where === 'target' && kinds.test(resource) && verbs.join() === 'get';
}

describe('fixes', () => {
  test('each says what it touches, how it is undone and how it is verified', () => {
    expect(fixes.length).toBeGreaterThan(400);
    const wrong = fixes.filter(
      ([, fix]) =>
        fix.touches === '' ||
        !risks.includes(fix.risk) ||
        fix.verify.argv.length < 2 ||
        ('because' in fix.undo ? fix.undo.because === '' : fix.undo.run.argv.length < 2),
    );
    expect(
      wrong.map(
        ([code, fix]) =>
          `the fix "${fix.does}" of ${code} lacks touches, risk, undo or verify: fixes.ts`,
      ),
    ).toEqual([]);
  });

  test('each begins with a verb, and its command with a program that is known', () => {
    const programs = ['kubectl', 'istioctl', 'linkerd', 'cilium', 'consul-k8s', 'meshdoc'];
    for (const [code, { does, run: command }] of fixes) {
      const where = `the fix "${does}" of ${code} (fixes.ts)`;
      expect(programs, `${where}: run a program of this list`).toContain(command.argv[0]);
      expect(does, `${where}: begin with a capital, end without a full stop`).toMatch(
        /^[A-Z][^]*[^.\s]$/,
      );
      expect(does, `${where}: one sentence; the rest belongs into note`).not.toMatch(/\. [A-Z]/);
    }
  });

  test('only what kubectl rollout knows is restarted by it', () => {
    const rolled = fixes.flatMap(
      ([
        code,
        {
          run: { argv },
        },
      ]) =>
        argv[1] === 'rollout'
          ? argv.filter((word) => word.includes('/')).map((to) => [code, to])
          : [],
    );
    expect(rolled.length).toBeGreaterThan(20);
    const others = rolled.filter(
      ([, to = '']) => !/^(deployment|statefulset|daemonset)\//.test(to),
    );
    expect(others).toEqual([]);
  });

  test('what only reads changes nothing', () => {
    const changing =
      /\b(apply|delete|patch|scale|rollout|create|edit|label|annotate|replace|restart|set)\b/;
    for (const [code, fix] of fixes) {
      // `linkerd upgrade` prints; what it is piped into changes.
      const verbs = [fix.run.argv, fix.run.pipe ?? []].flatMap((words) =>
        words.slice(1, words[1] === 'argo' ? 4 : 3),
      );
      const changes = changing.test(verbs.join(' ')) || fix.run.argv.includes('POST');
      expect(
        changes,
        `${code}, "${shell(fix.run)}": in fixes.ts its risk must say whether it only reads`,
      ).toBe(fix.risk !== 'reads');
    }
  });
});

describe('sentences', () => {
  const slotOrStop = /(\.|\{\w+\})$/;
  test.each(messages)('%s', (_, message) => {
    const { says, means, avoid = '' } = message;
    const end = (what: string) => `says.ts: end ${what} with a full stop, or a slot`;
    expect(says, end('the sentence')).toMatch(slotOrStop);
    expect(says, 'says.ts: begin with the subject').not.toMatch(/^Error/);
    expect(
      says.match(/[.!?] [A-Z]/g) ?? [],
      'says.ts: one sentence; the rest belongs into means',
    ).toEqual([]);
    expect(means, end('means')).toMatch(slotOrStop);
    if (avoid !== '') expect(avoid, end('avoid')).toMatch(slotOrStop);
    expect(`${says} ${means} ${avoid}`, 'says.ts: leave out please, simply and !').not.toMatch(
      /\bplease\b|\bsimply\b|!/i,
    );
  });

  test.each(runbooks.flatMap((r) => r.steps.map((s) => [`${r.head.id}: ${s.asks}`, s] as const)))(
    '%s',
    (_, step) => {
      expect(step.asks, 'checks.ts: asks is a question').toMatch(/^[A-Z].*[^ ]\?$/);
      expect(step.why, 'checks.ts: end why with a full stop').toMatch(/\.$/);
      if (step.rulesOut !== undefined)
        expect(step.rulesOut, 'checks.ts: rulesOut is a noun phrase, "a pod that is down"').toMatch(
          /^(an? |[a-z]).*[^.]$/,
        );
    },
  );
});

describe('files', () => {
  test('what is generated is as it would be generated', async () => {
    expect(await differences(replayed), 'run: npm run docs').toEqual([]);
  });

  test.each(all)('$name: every file belongs to the case', async ({ dir, saved }) => {
    const known = /^(scenario\.yaml|cluster\.yaml|expected\.md|answers)$/;
    const foreign = (await readdir(dir)).filter((name) => !known.test(name));
    expect(foreign.map((name) => `remove ${join(dir, name)}: no part of a case`)).toEqual([]);
    const questions = saved.answers.map((answer) => answer.question);
    expect(
      twice(questions).map((question) => `keep one answer to "${question}" in ${dir}/answers`),
    ).toEqual([]);
  });

  test.each(all)('$name: no slot and no placeholder is left in the ticket', async ({ dir }) => {
    const ticket = await readFile(join(dir, 'expected.md'), 'utf8');
    const [proofs, scripts] = [/^ *```text\n[\s\S]*?^ *```$/gm, /^ *```sh\n[\s\S]*?^ *```$/gm];
    const prose = ticket.replace(proofs, '').replace(scripts, '');
    const commands = (ticket.match(scripts) ?? []).join('\n');
    const left = [
      ...(prose.match(/\{\w+\}|\bundefined\b|\bNaN\b|\[object /g) ?? []),
      ...(commands.match(/<[a-z][\w-]*>|\bundefined\b|\bNaN\b|\[object /g) ?? []),
    ];
    expect(
      left.map((what) => `${dir}/expected.md prints ${what}: give the slot a value in judge.ts`),
    ).toEqual([]);
  });

  test('an answer without its question would be seen', () => {
    expect(readAnswer('no question here\n')).toBeUndefined();
  });
});
