// The commands of a run that are worth copying: fixes with their undo and verify, what is missing, the diagnosis
// itself, the evidence. They are only shown and copied, never run.
import type { Command } from '../core/command.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Fix } from '../core/fix.ts';
import { again } from '../report/next.ts';
import { oneLine } from '../report/plain.ts';
import { changesOf, fixesOf, line, missing, shown } from '../report/view.ts';
import { risk } from '../report/words.ts';

export type Copyable = {
  readonly key: string;
  readonly label: string;
  /** Exactly what is pasted. */
  readonly text: string;
};

export function copyables(all: readonly Diagnosis[]): readonly Copyable[] {
  const found = shown(all).flatMap(ofDiagnosis);
  const seen = new Set<string>();
  const once = found.filter(({ text, label }) => {
    const key = `${label}\n${text}`;
    return !seen.has(key) && seen.add(key);
  });
  return once.map((one, i) => ({ ...one, key: `command ${i}` }));
}

type Unkeyed = Omit<Copyable, 'key'>;

function ofDiagnosis(d: Diagnosis): readonly Unkeyed[] {
  const looks = fixesOf(d.findings).filter(({ risk }) => risk === 'reads');
  return [
    ...looks.map(({ does, run }) => copyable('look', does, run, d)),
    ...changesOf(d).flatMap((fix, i) => ofFix(fix, i + 1, d)),
    ...missing(d.gaps).flatMap(({ says, remedy }) =>
      remedy ? [copyable('could not check', says[0] ?? '', remedy, d)] : [],
    ),
    copyable('again', `${d.runbook} ${d.target}`, again(d), d),
    ...d.evidence.map((e) => copyable(e.id, e.asked, e.byHand, d)),
  ];
}

function ofFix(fix: Fix, n: number, d: Diagnosis): readonly Unkeyed[] {
  const undo = 'run' in fix.undo ? [copyable(`undo ${n}`, fix.does, fix.undo.run, d)] : [];
  return [
    copyable(`fix ${n}`, `${oneLine(fix.does)} (${risk[fix.risk]})`, fix.run, d),
    ...undo,
    copyable(`verify ${n}`, fix.does, fix.verify, d),
  ];
}

function copyable(what: string, says: string, command: Command, d: Diagnosis): Unkeyed {
  return { label: `${what}  ${oneLine(says)}`, text: line(command, d.about.reach) };
}
