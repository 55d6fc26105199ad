// Compares two runs: what is resolved, new, unchanged or changed, and what is no longer known. A finding is the same when
// it has the same code and is about the same things; its sentence may hold other figures.
import type { Gap } from '../core/answer.ts';
import type { Change, Comparison, Pair, Told } from '../core/comparison.ts';
import type { Diagnosis, Finding, Verdict } from '../core/diagnosis.ts';
import { safeText } from '../core/text.ts';
import { missedBy } from './asked.ts';
import { matched, paired, stem } from './target.ts';

export function compare(before: readonly Diagnosis[], after: readonly Diagnosis[]): Comparison {
  const pairs = paired(before, after);
  const fate = new Map<string, Change['is']>();
  // A diagnosis that another one led to is judged after it: it depends on what led there.
  const roots = pairs.filter(({ before: was }) => was?.from === undefined);
  const led = pairs.filter(({ before: was }) => was?.from !== undefined);
  const changes = [...roots, ...led].flatMap((pair) => changesOf(pair, fate));
  const [came, went] = [gapsOf(after, before), gapsOf(before, after)];
  return {
    pairs,
    changes: order.flatMap((is) => changes.filter((change) => change.is === is)),
    gaps: { came, went },
    before: worst(before),
    after: worst(after),
  };
}

const order = ['new', 'changed', 'unchanged', 'not-known', 'resolved'] as const;

function changesOf(pair: Pair, fate: Map<string, Change['is']>): readonly Change[] {
  const { both, left, right } = matched(told(pair.before), told(pair.after), identity);
  const gone = left.map((was) => goneOf(was, pair, fate));
  for (const change of gone) if ('was' in change) fate.set(keyOf(change.was), change.is);
  return [...right.map((now): Change => ({ is: 'new', now })), ...both.map(stayed), ...gone];
}

function told(d: Diagnosis | undefined): readonly Told[] {
  return d?.findings.map((finding) => ({ finding, in: d })) ?? [];
}

/** Code and subject, without bare counts and the part of a name that a restart changes. */
function identity({ finding }: Told): string {
  const names = Object.entries(finding.subject ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const plain = names.map(([name, value]) => [
    name,
    stem(value).replace(/(?<!\S)\d[\d,]*(?!\S)/g, '#'),
  ]);
  return JSON.stringify([finding.code, plain]);
}

function keyOf({ finding, in: d }: Told): string {
  return `${d.runbook} ${d.target} ${finding.code}`;
}

function stayed([was, now]: readonly [Told, Told]): Change {
  const how = difference(was.finding, now.finding);
  return how === undefined
    ? { is: 'unchanged', was, now }
    : { is: 'changed', was, now, how: safeText(how) };
}

/** Only the graver difference: certainty before the wording with its figures. */
function difference(was: Finding, now: Finding): string | undefined {
  if (was.sure !== now.sure)
    return now.sure ? 'likely before, confirmed now' : 'confirmed before, likely now';
  const words = ({ says, reach }: Finding) => stem([says, reach ?? ''].join(' '));
  return words(was) === words(now) ? undefined : `before: ${was.says}`;
}

/** A finding that is gone. Its absence proves nothing: its check must have been answered. */
function goneOf(
  was: Told,
  { before, after }: Pair,
  fate: ReadonlyMap<string, Change['is']>,
): Change {
  if (after) {
    const because = missedBy(was, after);
    return because === undefined
      ? { is: 'resolved', was }
      : { is: 'not-known', was, because: safeText(because) };
  }
  const { from } = before ?? {};
  // It explained a finding that is resolved, so it is resolved too.
  if (from && fate.get(`${from.runbook} ${from.target} ${from.code}`) === 'resolved') {
    return { is: 'resolved', was };
  }
  return { is: 'not-known', was, because: safeText(`${was.in.target} was not checked again`) };
}

function gapsOf(these: readonly Diagnosis[], others: readonly Diagnosis[]): readonly Gap[] {
  const key = (gap: Gap) => stem(gap.asked);
  const known = new Set(others.flatMap((d) => d.gaps).map(key));
  const own = these.flatMap((d) => d.gaps).filter((gap) => !known.has(key(gap)));
  return [...new Map(own.map((gap) => [key(gap), gap])).values()];
}

const gravity: readonly Verdict[] = [
  'cause-found',
  'inconclusive',
  'warning',
  'only-ignored',
  'healthy',
];

function worst(diagnoses: readonly Diagnosis[]): Verdict {
  // Nothing was diagnosed, so nothing is known.
  if (diagnoses.length === 0) return 'inconclusive';
  return gravity.find((verdict) => diagnoses.some((d) => d.verdict === verdict)) ?? 'healthy';
}
