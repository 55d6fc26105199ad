// Does a rule match a request? Parts of a request may not be known, so there are three answers: `unknown` only where an
// unknown part decides (Kleene's logic).
import { holdsHidden, isNameless } from '../../../core/text.ts';
import { lookAt } from './look.ts';
import type { Eyes } from './eyes.ts';
import type { Condition } from './parse.ts';
import type { Prepared } from './prepare.ts';
import type { Attribute, Failed, Held, Matched, Missed } from './types.ts';

export type Truth = 'yes' | 'no' | 'unknown';

type Tested =
  | { readonly truth: 'yes'; readonly held: Held }
  | { readonly truth: 'no' | 'unknown'; readonly failed: Failed };

export type RuleResult = {
  readonly prepared: Prepared;
  readonly truth: Truth;
  readonly holds: readonly Held[];
  /** What fails or is not known in the closest from and to. */
  readonly fails: readonly Failed[];
  /** What is not known and matters. */
  readonly hangsOn: readonly Attribute[];
};

export function testRule(prepared: Prepared, eyes: Eyes): RuleResult {
  const test = (conditions: readonly Condition[]): readonly Tested[] =>
    conditions.map((condition) => testCondition(condition, eyes));
  const froms = prepared.froms.map(test);
  const tos = prepared.tos.map(test);
  const whens = test(prepared.whens);
  const reach = prepared.state === 'in-force' ? 'yes' : 'no';
  const truth = all([reach, any(froms.map(allOf)), any(tos.map(allOf)), allOf(whens)]);
  const nearest = [...nearestOf(froms), ...nearestOf(tos), ...whens];
  return {
    prepared,
    truth,
    holds: nearest.flatMap((tested) => (tested.truth === 'yes' ? [tested.held] : [])),
    fails: nearest.flatMap((tested) => (tested.truth === 'yes' ? [] : [tested.failed])),
    hangsOn: truth === 'unknown' ? unknownsOf([...froms, ...tos, whens]) : [],
  };
}

export function matchedOf({ prepared, holds }: RuleResult): Matched {
  const { rule, action, leftOut } = prepared;
  return { rule: rule.ref, action, holds, leftOut };
}

export function missedOf({ prepared, holds, fails }: RuleResult): Missed {
  const { rule, state, leftOut } = prepared;
  return { rule: rule.ref, fails, holds, state, httpOnly: leftOut, unknownKey: rule.unknownKey };
}

function testCondition(condition: Condition, eyes: Eyes): Tested {
  const { field } = condition;
  const { attribute, got, fits, why } = lookAt(condition, eyes);
  if (fits === 'not-known') {
    return { truth: 'unknown', failed: { field, attribute, got, why: { is: 'not-known' } } };
  }
  const value = field.values.find(fits);
  // The guard hides secrets in the policy and in the request: a hidden value equals itself; nothing else is known.
  const veiled =
    value === undefined ? [got ?? '', ...field.values].some(holdsHidden) : isNameless(value);
  if (veiled)
    return { truth: 'unknown', failed: { field, attribute, got, why: { is: 'not-known' } } };
  if ((value === undefined) === field.negated) {
    return { truth: 'yes', held: { field, attribute, got, value } };
  }
  const reason = field.negated ? ({ is: 'differs' } as const) : why(field.values);
  return { truth: 'no', failed: { field, attribute, got, why: reason } };
}

export function all(truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('unknown') ? 'unknown' : 'yes';
}

function any(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('unknown') ? 'unknown' : 'no';
}

function allOf(tests: readonly Tested[]): Truth {
  return all(tests.map(({ truth }) => truth));
}

/** The alternative with the fewest failing conditions, then the fewest unknown ones. */
function nearestOf(alternatives: readonly (readonly Tested[])[]): readonly Tested[] {
  const cost = (tests: readonly Tested[]): number =>
    tests.filter(({ truth }) => truth === 'no').length * 1000 +
    tests.filter(({ truth }) => truth === 'unknown').length;
  return [...alternatives].sort((a, b) => cost(a) - cost(b))[0] ?? [];
}

function unknownsOf(alternatives: readonly (readonly Tested[])[]): readonly Attribute[] {
  return alternatives
    .filter((tests) => allOf(tests) === 'unknown')
    .flat()
    .flatMap((tested) => (tested.truth === 'unknown' ? [tested.failed.attribute] : []));
}
