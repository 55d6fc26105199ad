// Names that are flags, shell or the end of a here-document, in every place that reaches a command: what is printed
// is parsed to the words it was built from, and no word that begins with a dash is a name.
import { afterAll, expect, test } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import type { Case } from '../../src/snapshot/case.ts';
import { run, scenarios, type Scenario } from '../helpers/scenarios.ts';
import { commandsOf, linesOf, meantBy, ranBy } from '../helpers/typed.ts';
import { shareOfEach } from '../helpers/share.ts';

const hostile: readonly string[] = [
  ...['--all', '-f=http://x', '--kubeconfig=/tmp/x', '--now'],
  ...['a;rm -rf ~', '$(id)', '`id`', "a'b", 'a"b', '$CTX', '../..', 'a b --all', '=ls'],
  ...['a\nEOF\nid\nEOF', 'a\n--all', 'a'.repeat(300)],
];

const every = await scenarios();
const all = shareOfEach(every, 24);
const clean = new Map<string, readonly Diagnosis[]>();

/** The flags of every command of every case, as they are without hostile names. */
const ours = new Set<string>();
async function runClean(some: readonly Scenario[]): Promise<void> {
  for (const { name, saved } of some) {
    if (clean.has(name)) continue;
    const { diagnoses } = await run(name, saved);
    clean.set(name, diagnoses);
    for (const flag of diagnoses.flatMap(commandsOf).flatMap(dashed)) ours.add(flag);
  }
}
await runClean(all);

/** Flags that no command has without hostile names. */
async function oddOf(commands: readonly Command[]): Promise<readonly string[]> {
  const odd = () => commands.flatMap(dashed).filter((flag) => !ours.has(flag));
  // A hostile name may lead to another finding, whose commands another case prints.
  if (odd().length > 0) await runClean(every);
  return odd();
}

function dashed(command: Command): readonly string[] {
  return linesOf(command)
    .flat()
    .filter((word) => /^-./.test(word))
    .map((word) => word.replace(/^(--[\w-]+=)[^]*$/, '$1'));
}

/** What stands in commands and came from the case, in whole and in parts. */
function reaching(name: string): readonly string[] {
  const words = (clean.get(name) ?? []).flatMap(commandsOf).flatMap((c) => linesOf(c).flat());
  const parts = words.filter((w) => w.length < 300).flatMap((w) => [w, ...w.split(/[/=,:]/)]);
  const kept = new Set(['get', 'yaml', 'pods', 'default', 'metadata', 'name', 'namespace']);
  return [...new Set(parts)].filter(
    (word) => word.length > 3 && !kept.has(word) && /^[a-z][\w.-]*$/.test(word),
  );
}

/** What the reader of names holds: an answer that breaks its rules is a gap, and another test's. */
const held = new Set([
  ...['kind', 'apiVersion', 'labels', 'matchLabels', 'selector', 'nodeName', 'namespace'],
  ...['serviceAccount', 'serviceAccountName', 'containers', 'initContainers', 'volumes', 'ports'],
]);

/** `every`: also what objects are called. In a text it is planted everywhere. */
function planted(saved: Case, word: string, bad: string, every: boolean): Case {
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(word, () => bad);
    if (Array.isArray(value)) return value.map(inValue);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, v]) => [key, held.has(key) && !every ? v : inValue(v)]),
    );
  };
  const objects = saved.objects.map((o) => {
    const changed = inValue(o) as typeof o;
    const name = every ? changed.metadata.name : o.metadata.name;
    return {
      ...changed,
      kind: o.kind,
      apiVersion: o.apiVersion,
      metadata: { ...changed.metadata, name },
    };
  });
  const json = JSON.stringify(bad).slice(1, -1);
  const answers = saved.answers.map((answer) => {
    const to = /^[[{]/.test(answer.body) ? json : bad;
    return { ...answer, body: answer.body.replaceAll(word, () => to) };
  });
  return { ...saved, objects, answers };
}

let [commands, cases] = [0, 0];

test.each(all)(
  '$name',
  async ({ name, saved }) => {
    for (const [i, word] of reaching(name)
      .slice(0, 12)
      .filter((_, n) => n % 3 === all.findIndex((s) => s.name === name) % 3)
      .entries()) {
      const bad = hostile[(i + cases) % hostile.length] ?? '--all';
      const ran = await run(name, planted(saved, word, bad, cases % 2 === 0));
      cases += 1;
      const printed = ran.diagnoses.flatMap(commandsOf);
      commands += printed.length;
      expect(await oddOf(printed), `${word} as ${bad}`).toEqual([]);
      if (printed.length > 0) expect(ranBy(printed)).toEqual(meantBy(printed));
    }
  },
  120_000,
);

afterAll(() => {
  process.stdout.write(`hostile names: ${cases} cases, ${commands} commands parsed by a shell\n`);
});
