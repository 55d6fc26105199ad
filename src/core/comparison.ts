// What became of the findings between two runs. Pure data, like a diagnosis.
import type { Gap } from './answer.ts';
import type { Diagnosis, Finding, Verdict } from './diagnosis.ts';
import type { SafeText } from './text.ts';

/** A finding with the diagnosis that says it. */
export type Told = { readonly finding: Finding; readonly in: Diagnosis };

export type Change =
  | { readonly is: 'new'; readonly now: Told }
  | { readonly is: 'changed'; readonly was: Told; readonly now: Told; readonly how: SafeText }
  | { readonly is: 'unchanged'; readonly was: Told; readonly now: Told }
  /** It is gone, and the question that found it could not be asked again: nobody knows. */
  | { readonly is: 'not-known'; readonly was: Told; readonly because: SafeText }
  | { readonly is: 'resolved'; readonly was: Told };

/** One target before and after; absent where it was not asked about. */
export type Pair = {
  readonly runbook: string;
  readonly before?: Diagnosis;
  readonly after?: Diagnosis;
};

export type Comparison = {
  readonly pairs: readonly Pair[];
  /** The gravest first: new, changed, unchanged, not known, resolved. */
  readonly changes: readonly Change[];
  /** What could be checked before and cannot be now, and the other way round. */
  readonly gaps: { readonly came: readonly Gap[]; readonly went: readonly Gap[] };
  /** The worst of all diagnoses of a side. */
  readonly before: Verdict;
  readonly after: Verdict;
};
