// What every sweep needs: each scenario as it was recorded, and what a worse world must not make of it. Nothing
// here knows a runbook: a new scenario folder is swept the day it is added.
import { exitCodes } from '../../src/run/exit.ts';
import type { Gap } from '../../src/core/answer.ts';
import type { Case } from '../../src/snapshot/case.ts';
import type { Recorder } from '../../src/snapshot/record.ts';
import { codesOf, run, scenarios, type Ran } from '../helpers/scenarios.ts';

export const all = await scenarios();

const originals = new Map<string, Promise<Ran>>();

/** A scenario as it was recorded; run once a file. */
export function original(name: string): Promise<Ran> {
  const found = all.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  const ran = originals.get(name) ?? run(name, found.saved);
  originals.set(name, ran);
  return ran;
}

/** Gaps that were not there before. */
export function newGaps(before: Ran, after: Ran): readonly Gap[] {
  const known = new Set(gaps(before).map((gap) => `${gap.asked} ${gap.why}`));
  return gaps(after).filter((gap) => !known.has(`${gap.asked} ${gap.why}`));
}

/** The findings without the figures in them. */
export const findings = (ran: Ran) =>
  ran.diagnoses.flatMap((d) => d.findings.map((f) => `${f.code} ${f.role} ${String(f.sure)}`));
export const gaps = (ran: Ran) => ran.diagnoses.flatMap((d) => d.gaps);
export const sureCauses = (ran: Ran) =>
  ran.diagnoses.flatMap((d) =>
    d.findings.filter((f) => f.role === 'cause' && f.sure).map((f) => f.code),
  );
export const isHealthy = (ran: Ran) => ran.exit === exitCodes.healthy;

/** What a worse world came to that it must not. Empty when all is well. */
export function faults(before: Ran, after: Ran, emptyIsAnAnswer = false): readonly string[] {
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

/** Where two tickets differ, line by line. */
export function differences(one: string, other: string): readonly string[] {
  const [a, b] = [one.split('\n'), other.split('\n')];
  return a.length === b.length
    ? a.flatMap((line, i) => (line === b[i] ? [] : [`"${line}" became "${b[i] ?? ''}"`]))
    : [`${a.length} lines became ${b.length}`];
}

export function headOf({ file }: Case): Parameters<Recorder['finish']>[0] {
  const { runbook, input, now, context, namespace, runbooks } = file;
  return {
    runbook,
    input,
    now,
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(runbooks === undefined ? {} : { runbooks }),
  };
}

/**
 * What is still ruled out though what it was ruled out by can no longer be read: each step that cited an answer before, and is
 * clear now while that answer is a gap.
 */
export function ruledOutUnread(before: Ran, after: Ran): readonly string[] {
  const lost = new Set(newGaps(before, after).map(({ asked }) => asked));
  const rested = new Map(
    before.diagnoses.flatMap((d) =>
      d.steps.map(({ id, outcome }) => [
        `${d.runbook} ${d.target} ${id}`,
        outcome.is === 'clear'
          ? d.evidence.filter((e) => outcome.evidence.includes(e.id)).map(({ asked }) => asked)
          : [],
      ]),
    ),
  );
  return after.diagnoses.flatMap((d) =>
    d.steps.flatMap(({ id, rulesOut, outcome }) => {
      if (outcome.is !== 'clear' || rulesOut === undefined) return [];
      const on = rested.get(`${d.runbook} ${d.target} ${id}`) ?? [];
      return on
        .filter((asked) => lost.has(asked))
        .map((asked) => `${id} rules out ${rulesOut} without ${asked}`);
    }),
  );
}
