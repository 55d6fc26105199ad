// A check: one question, the facts it may look at, and what its answer means. A runbook is a head and a list of checks, so
// one check can stand in several. A check reads another by naming it, and its type comes along.
import type { AnyFact } from './fact.ts';
import type { Catalogue } from './finding.ts';
import type { Inputs, InputValues } from './input.ts';
import type { AnyStep, Judgement, Look, Runbook, RunbookHead, Skip } from './runbook.ts';

export type { Judgement };

/* eslint-disable @typescript-eslint/no-explicit-any -- a check of unknown types, for lists of them */
export type AnyCheck = Check<any, any, any, any, any>;
type Reads = Readonly<Record<string, AnyCheck>>;
type OutOf<C> = C extends Check<any, any, infer Out, any, any> ? Out : never;
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The results of the named checks. */
export type Answers<R extends Reads> = { readonly [K in keyof R]: OutOf<R[K]> };

/** One question, what it may look at, and what the answer means. */
export type Check<I, U extends readonly AnyFact[], Out, A extends Reads, S extends Reads> = {
  readonly id: string;
  /** A check is a question. */
  readonly asks: `${string}?`;
  readonly why: string;
  /** What a clear answer rules out, as a noun phrase: "a rejected push". */
  readonly rulesOut?: string;
  /** The facts `gather` may look at. */
  readonly uses: U;
  /** Checks that `gather` and `when` read; without it the check starts at once. */
  readonly after?: A;
  readonly when?: (earlier: Answers<A>) => true | Skip;
  /** May only look. Absent where the check only judges what others gathered. */
  readonly gather?: (look: Look<U[number]>, input: I, earlier: Answers<A>) => Promise<Out>;
  /** Checks that `judge` reads. */
  readonly sees?: S;
  /**
   * Pure: what was gathered, and what it means. `seen` has the results of the checks in `sees`, as far as they were answered.
   * The conclusion depends on each result it reads, so `seen` is never copied whole.
   */
  readonly judge?: (
    got: Out,
    seen: Partial<Answers<S>>,
    input: I,
    /** Ids of what the runbook has found by then: for who would only repeat it. */
    told: readonly string[],
  ) => Judgement;
};

type NoReads = Readonly<Record<string, never>>;

/** `` check<Input>()({ ... }) ``: the input is named, the rest is inferred. */
export function check<I>() {
  return <
    const U extends readonly AnyFact[],
    Out = undefined,
    const A extends Reads = NoReads,
    const S extends Reads = NoReads,
  >(
    definition: Check<I, U, Out, A, S>,
  ): Check<I, U, Out, A, S> => definition;
}

/** A runbook of checks, judged in this order. */
export function runbookOf<const I extends Inputs, const C extends Catalogue>(
  head: RunbookHead<I, C>,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- only the input of a check in a list matters
  checks: readonly Check<InputValues<I>, any, any, any, any>[],
): Runbook {
  return {
    head: head as never,
    steps: checks.map(stepOf),
  };
}

export function stepOf(one: AnyCheck): AnyStep {
  const plain: Plain = one;
  const { id, asks, why, rulesOut, uses, after, when, gather, sees, judge } = plain;
  return {
    ...{ id, asks, why, uses, after: Object.values(after ?? {}).map((c) => c.id) },
    ...(rulesOut === undefined ? {} : { rulesOut }),
    ...(when ? { when: (earlier) => when(named(after, earlier)) } : {}),
    gather: (look, input, earlier) =>
      gather ? gather(look, input, named(after, earlier)) : Promise.resolve(undefined),
    judge: (got, input, sofar, told) => judge?.(got, named(sees, sofar), input, told),
  };
}

/** A check with its types forgotten. */
type Plain = Check<unknown, readonly AnyFact[], unknown, Reads, Reads>;

/** Getters: a check depends only on the results that it reads. */
function named(
  reads: Reads | undefined,
  from: Readonly<Record<string, unknown>>,
): Readonly<Record<string, never>> {
  const fields = Object.entries(reads ?? {}).map(([name, { id }]) => [
    name,
    { enumerable: true, get: () => from[id] },
  ]);
  const seen: object = {};
  Object.defineProperties(seen, Object.fromEntries(fields) as PropertyDescriptorMap);
  return seen as Readonly<Record<string, never>>;
}
