// Which diagnosis of one run is compared with which of the other: a restart gives a pod a new name.
import type { Pair } from '../core/comparison.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import { suffixLetter } from '../core/refs.ts';

const ofReplicaSet = new RegExp(`-${suffixLetter}{6,10}-${suffixLetter}{5}(?![a-z0-9])`, 'g');
const ofOthers = new RegExp(`-(?=[a-z]*\\d)${suffixLetter}{5}(?![a-z0-9-])`, 'g');

/** The text with that part of its names as `*`: a replaced pod reads like the one before. */
export function stem(text: string): string {
  return text.replace(ofReplicaSet, '-*').replace(ofOthers, '-*');
}

/** By runbook and target as named; then, for replaced pods, by the part of the name that stays. */
export function paired(before: readonly Diagnosis[], after: readonly Diagnosis[]): readonly Pair[] {
  const exact = match(before, after, (d) => `${d.runbook} ${d.target}`);
  const close = match(exact.before, exact.after, (d) => `${d.runbook} ${stem(d.target)}`);
  const alone = [
    ...close.before.map((d): Pair => ({ runbook: d.runbook, before: d })),
    ...close.after.map((d): Pair => ({ runbook: d.runbook, after: d })),
  ];
  return [...exact.pairs, ...close.pairs, ...alone];
}

type Matched<T> = {
  readonly pairs: readonly { readonly runbook: string; readonly before: T; readonly after: T }[];
  readonly before: readonly T[];
  readonly after: readonly T[];
};

function match(
  before: readonly Diagnosis[],
  after: readonly Diagnosis[],
  key: (d: Diagnosis) => string,
): Matched<Diagnosis> {
  const { both, left, right } = matched(before, after, key);
  const pairs = both.map(([was, now]) => ({ runbook: now.runbook, before: was, after: now }));
  return { pairs, before: left, after: right };
}

/** Pairs with the same key, in the order of the first list; and what is left of both. */
export function matched<T>(
  before: readonly T[],
  after: readonly T[],
  key: (one: T) => string,
): {
  readonly both: readonly (readonly [T, T])[];
  readonly left: readonly T[];
  readonly right: readonly T[];
} {
  const right = [...after];
  const both: (readonly [T, T])[] = [];
  const left: T[] = [];
  for (const was of before) {
    const at = right.findIndex((now) => key(now) === key(was));
    const [now] = at < 0 ? [] : right.splice(at, 1);
    if (now === undefined) left.push(was);
    else both.push([was, now]);
  }
  return { both, left, right };
}
