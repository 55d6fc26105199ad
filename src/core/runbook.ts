// A runbook as the engine runs it, and what its judges may answer beside findings. How one is written: check.ts.
import type { Answer, Seen } from './answer.ts';
import type { AnyFact, ArgsOf, Fact, ValueOf } from './fact.ts';
import type { Catalogue, Found } from './finding.ts';
import type { Inputs, MeshChoice, Place } from './input.ts';

/** Asks a declared fact. */
export type Look<U extends AnyFact> = <F extends U>(
  fact: F,
  args: ArgsOf<F>,
) => Promise<Answer<ValueOf<F>>>;

export const stop: unique symbol = Symbol('stop');
/** `from`: the answer that the reason was read in. */
export type Skip = { readonly skip: string; readonly from?: Seen };
/**
 * Says why a step is not needed; the reason is printed. It is no better than what the step read before it was given: where
 * a part of that was not answered, the step could not be checked. `from` says that the reason was read in this one answer,
 * and hangs on nothing else.
 */
export function skip(because: string, from?: Seen): Skip {
  return { skip: because, ...(from ? { from } : {}) };
}

/**
 * What earlier steps gathered, with what this one did beside it. Not a copy: what is not read of the earlier ones is not
 * built on.
 */
export function withOwn<S extends object, const O extends object>(sofar: S, own: O): S & O {
  return Object.assign(Object.create(sofar) as S, own);
}

export type Clear = { readonly clear: string };
/** Says what a clear answer is, for one who asked for it: "rule 0 of shop/allow-web lets it through." */
export function clear(says: string): Clear {
  return { clear: says };
}

/**
 * Findings, with `stop` behind them where they end the diagnosis; or `stop` alone; or `skip`, that there was nothing to judge;
 * or `clear`, what the answer is where nothing is wrong. Nothing at all is a clear answer too.
 */
export type Judgement = void | typeof stop | Skip | Clear | readonly (Found | typeof stop)[];

/** Whose findings a step tells, and whose control plane it asks. */
export type StepOwner = Pick<
  RunbookHead<Inputs, Catalogue>,
  'id' | 'mesh' | 'findings' | 'answersOnly' | 'among'
>;

/** A step with its types forgotten, as the engine runs it. */
export type AnyStep = {
  readonly id: string;
  /** The runbook that it is a step of, where that is not the one that runs: triage runs the steps of all. */
  readonly of?: StepOwner;
  readonly asks: string;
  readonly why: string;
  readonly rulesOut?: string;
  readonly uses: readonly AnyFact[];
  readonly after: readonly string[];
  /** Whether it is a question about this target at all. What that is read from counts only where it is not. */
  readonly fits?: (earlier: Readonly<Record<string, unknown>>, input: unknown) => true | Skip;
  readonly when?: (earlier: Readonly<Record<string, unknown>>) => true | Skip;
  readonly gather: (
    look: Look<AnyFact>,
    input: unknown,
    earlier: Readonly<Record<string, unknown>>,
  ) => Promise<unknown>;
  readonly judge: (
    got: unknown,
    input: unknown,
    sofar: Readonly<Record<string, unknown>>,
    told: readonly string[],
  ) => Judgement;
};

/** What a recogniser is given. */
export type RecogniserInput = MeshChoice & { readonly target: Place };

/** Says which meshes the target is in, so that only their runbooks are run. */
export type Recogniser<U extends readonly AnyFact[], C extends Catalogue, Out> = {
  readonly asks: `${string}?`;
  readonly findings: C;
  readonly uses: U;
  readonly gather: (look: Look<U[number]>, input: RecogniserInput) => Promise<Out>;
  /** `undefined` when that is not known; none where nobody meant it to be in one. */
  readonly meshes: (got: Out, input: RecogniserInput) => readonly string[] | undefined;
  readonly judge: (got: Out, input: RecogniserInput) => readonly Found[] | Clear | undefined;
};
export type AnyRecogniser = {
  readonly asks: string;
  readonly findings: Catalogue;
  readonly uses: readonly AnyFact[];
  readonly gather: (look: Look<AnyFact>, input: RecogniserInput) => Promise<unknown>;
  readonly meshes: (got: unknown, input: RecogniserInput) => readonly string[] | undefined;
  readonly judge: (got: unknown, input: RecogniserInput) => readonly Found[] | Clear | undefined;
};

/** Declares a recogniser; exists so that `Out` is inferred. */
export function recogniser<const U extends readonly AnyFact[], const C extends Catalogue, Out>(
  definition: Recogniser<U, C, Out>,
): AnyRecogniser {
  return definition as never;
}

/**
 * `first`: what keeps the pod from running at all, whatever the mesh. `last`: what is over, what will be only with the next
 * pod, and what another runbook tells more of.
 */
export type Among<Code extends string> =
  'last' | { readonly first?: readonly Code[]; readonly last?: readonly Code[] };

export type RunbookHead<I extends Inputs, C extends Catalogue> = {
  /** Equal to the file's name; what a person types. */
  readonly id: string;
  readonly aliases?: readonly string[];
  /** The run without a runbook runs it on pods of this mesh; on every one when absent. */
  readonly mesh?: string;
  readonly title: string;
  /** What brings a person here, in their words. */
  readonly symptom: string;
  /** Other words a person may have for it: the session finds the runbook by them. */
  readonly words?: readonly string[];
  readonly input: I;
  readonly findings: C;
  /**
   * Findings that answer only who asked this runbook, and are no fault otherwise: that a pod has finished, say. The run
   * without a runbook tells them as answers.
   */
  readonly answersOnly?: readonly (keyof C & string)[];
  /** Where its findings stand, in the run without a runbook, among those of others that are as sure. */
  readonly among?: Among<keyof C & string> | undefined;
  /** What it looks at whatever its target is, and can begin with while that is looked up. */
  readonly ahead?: (choice: MeshChoice) => readonly AheadLook[];
};

export type AheadLook = { readonly fact: AnyFact; readonly args: unknown };

/** Declares one; exists so that the arguments fit the fact. */
export function aheadLook<A, T>(fact: Fact<A, T>, args: A): AheadLook {
  return { fact, args };
}

export interface Runbook {
  readonly head: RunbookHead<Inputs, Catalogue>;
  readonly steps: readonly AnyStep[];
}
