// What changed between two runs of one question, in lines: the verdict, what is resolved, what is new.
import { compare } from '../compare/compare.ts';
import type { Change, Told } from '../core/comparison.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import { count } from '../core/text.ts';
import { clip, oneLine } from '../report/plain.ts';
import { shown } from '../report/view.ts';
import { state, tally } from '../report/words.ts';

export type Changed = {
  readonly is: 'same' | 'changed';
  readonly lines: readonly string[];
};

export function changes(before: readonly Diagnosis[], after: readonly Diagnosis[]): Changed {
  const compared = compare(before, after);
  const { came } = compared.gaps;
  const [was, now] = [verdicts(before), verdicts(after)];
  const lines = [
    ...(was === now ? [] : [`${was} -> ${now}`]),
    ...compared.changes.flatMap(line),
    ...(came.length === 0 ? [] : [`${count(came.length, 'more thing')} could not be checked`]),
  ];
  return { is: lines.length === 0 ? 'same' : 'changed', lines };
}

function verdicts(all: readonly Diagnosis[]): string {
  const [only, ...others] = shown(all);
  return only && others.length === 0 ? state(only) : tally(shown(all));
}

/** Figures change all the time: the same finding with other figures is no change. */
function line(change: Change): readonly string[] {
  switch (change.is) {
    case 'unchanged':
    case 'changed':
      return [];
    case 'new':
      return [`new  ${said(change.now)}`];
    case 'resolved':
      return [`resolved  ${said(change.was)}`];
    case 'not-known':
      return [`no longer known  ${said(change.was)} (${oneLine(change.because)})`];
  }
}

function said({ finding: { code, says } }: Told): string {
  return `${code}: ${clip(oneLine(says), 160)}`;
}
