// What strangers met, each as a saved case: the true cause is named first, with the runbook and without. README.md has the fields.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { triageId } from '../../src/core/triage.ts';
import { codesOf, firstCode, printed, run, scenarios } from '../helpers/scenarios.ts';
import { root } from '../helpers/sources.ts';
import { firstCause, idOf, isOfOnePlace, withoutRunbook } from '../helpers/without-runbook.ts';

type Input = {
  readonly input: string;
  readonly source: string;
  readonly scenario: string;
  /** The code of the true cause, or what is honest where the cause cannot be known; null: nothing is wrong. */
  readonly first: string | null;
  /** What the run without a runbook says first, where it rightly differs. */
  readonly without?: string | null;
  readonly says?: readonly string[];
  readonly never?: readonly string[];
};

const folder = join(root, 'test/field/inputs');
const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
const groups = await Promise.all(
  files.map(async (name) => ({
    group: basename(name, '.yaml'),
    inputs: parse(await readFile(join(folder, name), 'utf8')) as readonly Input[],
  })),
);
const all = new Map((await scenarios()).map((one) => [one.name, one]));

describe.each(groups)('$group', ({ inputs }) => {
  test.each(inputs)('$input', async (input) => {
    const { first, without = first, never = [], says = [] } = input;
    const scenario = all.get(input.scenario);
    if (!scenario) throw new Error(`there is no scenario ${input.scenario}`);
    const ran = await run(scenario.name, scenario.saved);
    const text = await printed(ran, 'ticket');
    expect(firstCode(ran)).toBe(first);
    for (const one of says) expect(text).toContain(one);
    for (const one of never) expect(text).not.toContain(one);
    if (scenario.runbook === triageId || !isOfOnePlace(scenario.saved)) return;
    const alone = await withoutRunbook(scenario, ran);
    if (without === null) expect(codesOf(alone, 'cause')).toEqual([]);
    else expect(idOf(firstCause(alone) ?? firstCode(alone) ?? undefined)).toBe(idOf(without));
    for (const one of never) expect(await printed(alone, 'ticket')).not.toContain(one);
  });
});
