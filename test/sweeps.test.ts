// What must hold for every scenario of every runbook when the world is worse than it was recorded. Nothing here
// knows a runbook: a new scenario folder is swept the day it is added.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { exitCodes } from '../src/cli/exit.ts';
import type { Gap } from '../src/core/answer.ts';
import { formats, type Format } from '../src/report/formats.ts';
import { readCase, writeCase } from '../src/snapshot/folder.ts';
import { record, type Recorder } from '../src/snapshot/record.ts';
import type { Case } from '../src/snapshot/case.ts';
import { mendedFaults, unknownFaults } from './helpers/known-faults.ts';
import { plant, plantedForms } from './helpers/canary.ts';
import { asked, codesOf, printed, run, scenarios, type Ran } from './helpers/scenarios.ts';
import {
  denied,
  garbage,
  sample,
  shuffled,
  silent,
  withBody,
  withOddObjects,
} from './helpers/twists.ts';

const all = await scenarios();
const originals = new Map<string, Ran>();
for (const { name, saved } of all) originals.set(name, await run(name, saved));

const original = (name: string): Ran => {
  const ran = originals.get(name);
  if (!ran) throw new Error(`${name} was not run`);
  return ran;
};

/** Gaps that were not there before. */
function newGaps(before: Ran, after: Ran): readonly Gap[] {
  const known = new Set(gaps(before).map((gap) => `${gap.asked} ${gap.why}`));
  return gaps(after).filter((gap) => !known.has(`${gap.asked} ${gap.why}`));
}

/** The findings without the figures in them. */
const findings = (ran: Ran) =>
  ran.diagnoses.flatMap((d) => d.findings.map((f) => `${f.code} ${f.role} ${String(f.sure)}`));
const gaps = (ran: Ran) => ran.diagnoses.flatMap((d) => d.gaps);
const sureCauses = (ran: Ran) =>
  ran.diagnoses.flatMap((d) =>
    d.findings.filter((f) => f.role === 'cause' && f.sure).map((f) => f.code),
  );
const isHealthy = (ran: Ran) => ran.exit === exitCodes.healthy;

/** What a worse world came to that it must not. Empty when all is well. */
function faults(before: Ran, after: Ran, emptyIsAnAnswer = false): readonly string[] {
  const found: string[] = [];
  if (after.bugs.length > 0) found.push(`a step failed: ${String(after.bugs[0])}`);
  if (!after.diagnosed.ok) {
    if (after.diagnosed.refusal.says === '') found.push('refused without a word');
    return found;
  }
  const known = new Set(sureCauses(before));
  for (const code of new Set(sureCauses(after))) {
    if (!known.has(code)) found.push(`is sure of ${code}, which the full picture denies`);
  }
  const fewer = codesOf(before).some((code) => !codesOf(after).includes(code));
  if (isHealthy(after) && !isHealthy(before)) found.push('says healthy, and is not');
  if (fewer && !emptyIsAnAnswer && newGaps(before, after).length === 0) {
    found.push(`says ${codesOf(after).join(', ') || 'nothing'} and names no gap`);
  }
  return found;
}

describe('denial', () => {
  test.each(all)('$name: whatever may not be asked is named, or not needed', async (scenario) => {
    const before = original(scenario.name);
    const wrong: string[] = [];
    for (const key of sample([...asked(before).keys()], 60)) {
      const after = await run(scenario.name, scenario.saved, { raw: denied(key) });
      wrong.push(...faults(before, after).map((fault) => `without "${key}": ${fault}`));
      if (!after.diagnosed.ok) continue;
      const named = newGaps(before, after).length > 0;
      if (named && isHealthy(after)) wrong.push(`without "${key}": healthy`);
      const same = JSON.stringify(findings(before)) === JSON.stringify(findings(after));
      if (!named && !same) wrong.push(`without "${key}": other findings, and no gap that says why`);
    }
    expect(unknownFaults(wrong)).toEqual([]);
  });
});

describe('silence', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const budgetMs = 61_000;

  /** Runs on a clock that is wound by hand; `undefined` when the run is not over in time. */
  async function within(start: () => Promise<Ran>): Promise<Ran | undefined> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let ran: Ran | undefined;
    let failure: unknown;
    start().then(
      (value) => {
        ran = value;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    for (let ms = 0; ms < budgetMs && !ran && failure === undefined; ms += 500)
      await vi.advanceTimersByTimeAsync(500);
    vi.useRealTimers();
    if (failure !== undefined) throw failure as Error;
    return ran;
  }

  test.each(all)('$name: a question that is never answered costs a gap', async (scenario) => {
    const before = original(scenario.name);
    const wrong: string[] = [];
    for (const signals of ['obeyed', 'ignored'] as const) {
      for (const key of sample([...asked(before).keys()], 12)) {
        const twist = { raw: silent((k) => k === key, signals) };
        const after = await within(() => run(scenario.name, scenario.saved, twist));
        const where = `"${key}" hangs, signal ${signals}`;
        if (!after) wrong.push(`${where}: the run does not end`);
        else wrong.push(...faults(before, after).map((fault) => `${where}: ${fault}`));
      }
    }
    expect(unknownFaults(wrong)).toEqual([]);
  });

  test.each(['obeyed', 'ignored'] as const)(
    'a cluster that answers nothing ends the run in time (signal %s)',
    async (signals) => {
      const [scenario] = all;
      if (!scenario) throw new Error('no scenario');
      const twist = { raw: silent(() => true, signals) };
      const after = await within(() => run(scenario.name, scenario.saved, twist));
      const wrong = after ? [] : [`"everything" hangs, signal ${signals}: the run does not end`];
      expect(unknownFaults(wrong)).toEqual([]);
      if (after) expect(after.exit).toBe(5);
    },
  );
});

describe('garbage', () => {
  // "No clients", "no messages": some pages answer with these, and then there is less to find.
  const empty = new Set(['{}', '[]', 'null']);

  test.each(all)('$name: an answer that is none is unreadable', async (scenario) => {
    const { saved, name } = scenario;
    const before = original(name);
    const wrong: string[] = [];
    const indexes = sample([...saved.answers.keys()], 12);
    for (const [what, change] of Object.entries(garbage)) {
      for (const i of indexes) {
        const after = await run(name, withBody(saved, i, change));
        const body = saved.answers[i]?.body ?? '';
        // Any text is a log; and half a table of a tool is a table too.
        if (saved.answers[i]?.status === 'lines') {
          wrong.push(...after.bugs.map((bug) => `${what} for a log: ${String(bug)}`));
          continue;
        }
        const fewerIsFine = empty.has(what) || (what === 'its first half' && /^NAME/.test(body));
        const where = `${what} for "${saved.answers[i]?.question ?? ''}"`;
        wrong.push(...faults(before, after, fewerIsFine).map((fault) => `${where}: ${fault}`));
      }
    }
    expect(unknownFaults(wrong)).toEqual([]);
  });

  test.each(all)('$name: objects of odd shapes break no step', async ({ name, saved }) => {
    for (const kind of new Set(saved.objects.map((object) => object.kind))) {
      const after = await run(name, withOddObjects(saved, kind));
      expect(after.bugs, kind).toEqual([]);
    }
  });
});

describe('canary', () => {
  test.each(all)('$name: no secret gets out in any form', async ({ name, saved }) => {
    const planted = plant(saved);
    let recorder: Recorder | undefined;
    const ran = await run(name, planted, {
      safe: (ask) => {
        recorder = record(ask);
        return recorder.ask;
      },
    });
    const kept = JSON.stringify(recorder?.finish(headOf(saved)));
    const texts = await Promise.all(
      (Object.keys(formats) as Format[]).map((format) => printed(ran, format)),
    );
    const everything = [kept, ...texts, ...ran.bugs.map(String), JSON.stringify(ran.diagnoses)];
    expect(kept.length).toBeGreaterThan(1000);
    for (const form of plantedForms) {
      expect(everything.filter((text) => text.includes(form)).map((t) => around(t, form))).toEqual(
        [],
      );
    }
  });

  test('and it was planted where it could be seen', () => {
    const seen = all.map(({ saved }) => JSON.stringify(plant(saved)));
    for (const form of plantedForms) {
      expect(
        seen.some((text) => text.includes(form)),
        form,
      ).toBe(true);
    }
  });

  function around(text: string, form: string): string {
    const at = text.indexOf(form);
    return text.slice(Math.max(0, at - 80), at + form.length);
  }
});

/** Where two tickets differ, line by line. */
function differences(one: string, other: string): readonly string[] {
  const [a, b] = [one.split('\n'), other.split('\n')];
  return a.length === b.length
    ? a.flatMap((line, i) => (line === b[i] ? [] : [`"${line}" became "${b[i] ?? ''}"`]))
    : [`${a.length} lines became ${b.length}`];
}

describe('order', () => {
  test.each(all)('$name: the ticket does not depend on who answers first', async (scenario) => {
    const ticket = await printed(original(scenario.name));
    const wrong: string[] = [];
    for (const seed of [1, 7, 42]) {
      const after = await run(scenario.name, scenario.saved, { safe: shuffled(seed) });
      wrong.push(...differences(ticket, await printed(after)).map((d) => `seed ${seed}: ${d}`));
    }
    expect(unknownFaults(wrong)).toEqual([]);
  });

  test('and a ticket that differs is seen', () => {
    expect(differences('a\nb', 'a\nc')).toEqual(['"b" became "c"']);
  });
});

describe('recording', () => {
  test.each(all)('$name: a replay, saved and replayed, is the same', async ({ name, saved }) => {
    const work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
    try {
      let recorder: Recorder | undefined;
      const first = await run(name, saved, {
        safe: (ask) => {
          recorder = record(ask);
          return recorder.ask;
        },
      });
      const again = recorder?.finish(headOf(saved));
      if (!again) throw new Error('nothing was recorded');
      await writeCase(join(work, 'case'), again);
      const read = await readCase(join(work, 'case'));
      if (!read.ok) throw new Error(read.says);
      const second = await run(name, read.value);
      const wrong = differences(await printed(first), await printed(second));
      expect(unknownFaults(wrong)).toEqual([]);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
});

test('no known fault has been mended', () => {
  expect(mendedFaults()).toEqual([]);
});

function headOf({ file }: Case): Parameters<Recorder['finish']>[0] {
  const { runbook, input, now, context, namespace } = file;
  return {
    runbook,
    input,
    now,
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}
