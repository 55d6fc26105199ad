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
    expect(files.sort()).toEqual(entries.map((e) => e.id).sort());
    expect(runbooks.map((r) => r.head.id)).toEqual(entries.map((e) => e.id));
  });

  test('no two runbooks answer to one name', () => {
    const names = entries.flatMap((e) => [e.id, ...e.aliases]);
    expect(names).toEqual([...new Set(names)]);
  });

  test('every code is there once', () => {
    const codes = messages.map(([code]) => code);
    expect(codes).toEqual([...new Set(codes)]);
    expect(entries.flatMap((e) => e.codes)).toEqual(codes);
  });

  test('whatever a finding points to exists, or is coming', () => {
    const known = new Set(entries.map((e) => e.id));
    const pointers = messages.flatMap(([, m]) =>
      [...(m.see ?? []), m.follow?.runbook ?? []].flat(),
    );
    const wanted = new Set(pointers);
    expect([...wanted].filter((id) => !known.has(id) && !coming.includes(id))).toEqual([]);
    expect(coming.filter((id) => known.has(id) || !wanted.has(id))).toEqual([]);
  });
});

describe('proof by scenario', () => {
  test('every code is produced by one', () => {
    const produced = new Set<string>([...ran.values()].flatMap((r) => codesOf(r)));
    const missing: readonly string[] = messages
      .map(([code]) => code)
      .filter((code) => !produced.has(code));
    expect(missing.filter((code) => !unproven.has(code))).toEqual([]);
    expect([...unproven.keys()].filter((code) => !missing.includes(code))).toEqual([]);
  });

  test('every detector is shown to choose its runbook', () => {
    const produced = new Set([...ran.values()].flatMap((r) => codesOf(r)));
    const fitting = runbooks.filter(({ head }) => head.detect !== undefined);
    expect(fitting.length).toBe(runbooks.length);
    const missing = fitting.map(({ head }) => `triage/${head.id}`).filter((c) => !produced.has(c));
    expect(missing).toEqual([]);
  });

  test.each(runbooks.map((r) => [r.head.id, r] as const))(
    '%s: one is healthy, one is denied something, and every fact is looked at',
    (id, { steps }) => {
      const mine = all.filter((s) => s.runbook === id);
      const runs = mine.map((s) => ran.get(s.name)).filter((r) => r !== undefined);
      expect(runs.some((r) => r.exit === 0 && codesOf(r).length === 0)).toBe(true);
      expect(
        runs.some((r) => r.diagnoses.some((d) => d.gaps.some((g) => g.why === 'forbidden'))),
      ).toBe(true);
      const facts = [...new Set(steps.flatMap((step) => step.uses))] as readonly AnyFact[];
      const shown = new Set(
        runs.flatMap((r) => r.diagnoses.flatMap((d) => d.evidence.map((e) => words(e.asked)))),
      );
      const unseen = facts.filter((fact) => ![...shown].some((text) => isOf(fact, text)));
      expect(unseen.map((fact) => fact.name)).toEqual([]);
    },
  );

  test('no question asks istiod to compare one proxy with itself', () => {
    // Before 1.26.5 that form of proxy-status breaks TLS at gateways (istio issue 57789).
    const asked = [...ran.values()].flatMap((r) => r.questions.map(questionText));
    const status = asked.filter((key) => /proxy-status|\bps\b/.test(key));
    expect(status.length).toBeGreaterThan(0);
    expect(status.filter((key) => !onlyFlags(key))).toEqual([]);
    expect(asked.filter((key) => key.includes('config_dump?proxyID'))).toEqual([]);
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
          uncovered.push(`${scenario.name}: ${questionText(question)}`);
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
          .filter((rule) => !used.has(rule) && !isMaker(rule))
          .map((rule) => `${id}: ${rule.verbs.join(', ')} ${resourceOf(rule)} in ${rule.where}`),
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
    expect(wrong.map(([code, fix]) => `${code}: ${fix.does}`)).toEqual([]);
  });

  test('each begins with a verb, and its command with a program that is known', () => {
    const programs = ['kubectl', 'istioctl', 'linkerd', 'cilium', 'consul-k8s', 'meshdoc'];
    for (const [code, { does, run: command }] of fixes) {
      expect(programs, code).toContain(command.argv[0]);
      expect(does, code).toMatch(/^[A-Z][^]*[^.\s]$/);
      expect(does, code).not.toMatch(/\. [A-Z]/);
    }
  });

  test('what only reads changes nothing', () => {
    const changing =
      /\b(apply|delete|patch|scale|rollout|create|edit|label|annotate|replace|set)\b/;
    for (const [code, fix] of fixes) {
      // `linkerd upgrade` prints; what it is piped into changes.
      const verbs = [fix.run.argv, fix.run.pipe ?? []].flatMap((words) => words.slice(1, 3));
      const changes = changing.test(verbs.join(' '));
      expect(changes, `${code}: ${shell(fix.run)}`).toBe(fix.risk !== 'reads');
    }
  });
});

describe('sentences', () => {
  const slotOrStop = /(\.|\{\w+\})$/;
  test.each(messages)('%s', (_, message) => {
    const { says, means, avoid = '' } = message;
    expect(says).toMatch(slotOrStop);
    expect(says).not.toMatch(/^Error/);
    expect(says.match(/[.!?] [A-Z]/g) ?? [], 'one sentence').toEqual([]);
    expect(means).toMatch(slotOrStop);
    if (avoid !== '') expect(avoid).toMatch(slotOrStop);
    expect(`${says} ${means} ${avoid}`).not.toMatch(/\bplease\b|\bsimply\b|!/i);
  });

  test.each(runbooks.flatMap((r) => r.steps.map((s) => [`${r.head.id}: ${s.asks}`, s] as const)))(
    '%s',
    (_, step) => {
      expect(step.asks).toMatch(/^[A-Z].*[^ ]\?$/);
      expect(step.why).toMatch(/\.$/);
      if (step.rulesOut !== undefined) expect(step.rulesOut).toMatch(/^(an? |[a-z]).*[^.]$/);
    },
  );
});

describe('files', () => {
  test('what is generated is as it would be generated', async () => {
    expect(await differences(replayed), 'run: npm run docs').toEqual([]);
  });

  test.each(all)('$name: every file belongs to the case', async ({ dir, saved }) => {
    const known = /^(scenario\.yaml|cluster\.yaml|expected\.md|answers)$/;
    expect((await readdir(dir)).filter((name) => !known.test(name))).toEqual([]);
    const questions = saved.answers.map((answer) => answer.question);
    expect(questions).toEqual([...new Set(questions)]);
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
    expect(left).toEqual([]);
  });

  test('an answer without its question would be seen', () => {
    expect(readAnswer('no question here\n')).toBeUndefined();
  });
});
