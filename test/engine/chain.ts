// Steps written one behind another, for tests of the engine: each reads the earlier by name and says what it finds.
import type { Seen } from '../../src/core/answer.ts';
import type { Judgement } from '../../src/core/check.ts';
import type { AnyFact } from '../../src/core/fact.ts';
import type { ArgsFor, Catalogue, Found } from '../../src/core/finding.ts';
import type { Inputs, InputValues } from '../../src/core/input.ts';
import {
  stop,
  type AnyStep,
  type Look,
  type Runbook,
  type RunbookHead,
  type Skip,
} from '../../src/core/runbook.ts';

/** States a finding. Only an answer that was received can be cited, and at least one must be. */
export interface Say<C extends Catalogue> {
  <K extends keyof C & string>(
    id: K,
    args: ArgsFor<C[K]>,
    ...from: readonly [Seen, ...Seen[]]
  ): void;
  /** The evidence is circumstantial: printed as "likely". */
  likely<K extends keyof C & string>(
    this: void,
    id: K,
    args: ArgsFor<C[K]>,
    ...from: readonly [Seen, ...Seen[]]
  ): void;
}

export type StepDefinition<
  I,
  C extends Catalogue,
  Sofar,
  U extends readonly AnyFact[],
  After extends readonly (keyof Sofar)[],
  Out,
> = {
  /** A step is a question. */
  readonly asks: `${string}?`;
  readonly why: string;
  /** What a clear answer rules out, as a noun phrase: "a rejected push". */
  readonly rulesOut?: string;
  /** The facts `gather` may look at. */
  readonly uses: U;
  /** Earlier steps whose answers `gather` or `when` read; without it the step starts at once. */
  readonly after?: After;
  readonly when?: (earlier: Pick<Sofar, After[number]>) => true | Skip;
  /** May only look. */
  readonly gather: (
    look: Look<U[number]>,
    input: I,
    earlier: Pick<Sofar, After[number]>,
  ) => Promise<Out>;
  /**
   * Pure: reads what was gathered, says what it means. `sofar` holds earlier steps that were not skipped.
   * `stop` ends the diagnosis; `skip` says that there was nothing to judge, so nothing is ruled out either;
   * `clear` says what the answer is where nothing is wrong.
   */
  readonly judge: (got: Out, say: Say<C>, input: I, sofar: Partial<Sofar>) => Judgement;
};

export interface Chain<I, C extends Catalogue, Sofar> extends Runbook {
  // `uses`, `gather`, `judge` in that order in the literal: inference goes left to right, and `Out` must be
  // fixed before `judge` is checked.
  step<
    const Id extends string,
    const U extends readonly AnyFact[],
    Out,
    const After extends readonly (keyof Sofar)[] = [],
  >(
    id: Id,
    definition: StepDefinition<I, C, Sofar, U, After, Out>,
  ): Chain<
    I,
    C,
    {
      readonly [K in keyof Sofar | Id]: K extends Id
        ? Out
        : K extends keyof Sofar
          ? Sofar[K]
          : never;
    }
  >;
}

/** Starts a runbook; add its steps with `.step`. */
export function defineRunbook<const I extends Inputs, const C extends Catalogue>(
  head: RunbookHead<I, C>,
): Chain<InputValues<I>, C, object> {
  return chain(head as never, []);
}

function chain(head: Runbook['head'], steps: readonly AnyStep[]): Chain<never, never, never> {
  const link = {
    head,
    steps,
    step: (id: string, definition: Saying) => chain(head, [...steps, stepOf(id, definition)]),
  };
  return link as never;
}

type Saying = Omit<AnyStep, 'id' | 'after' | 'judge'> & {
  readonly after?: readonly string[];
  readonly judge: (got: unknown, say: unknown, input: unknown, sofar: unknown) => Judgement;
};

function stepOf(id: string, { judge, ...definition }: Saying): AnyStep {
  return {
    ...{ id, after: [], ...definition },
    judge: (got, input, sofar) => {
      const found: Found[] = [];
      const saying =
        (sure: boolean) =>
        (one: string, slots: Found['slots'], ...from: readonly [Seen, ...Seen[]]) => {
          found.push({ id: one, slots, from, sure });
        };
      const say = Object.assign(saying(true), { likely: saying(false) });
      const end = judge(got, say, input, sofar);
      if (found.length === 0) return end;
      return end === stop ? [...found, stop] : found;
    },
  };
}
