// What a runbook can say. The catalogue holds sentences with named slots; a judge returns findings as values, and the types
// make a code that is not in it, or a slot without a value, a compile error.
import type { Seen } from './answer.ts';
import type { Role } from './diagnosis.ts';
import type { Fix } from './fix.ts';
import { podText, type PodRef } from './refs.ts';
import type { Slots } from './text.ts';

/** What a slot may hold; an undefined value is left out of the sentence. */
export type SlotValue = string | number | PodRef | undefined;

export function slotText(value: SlotValue): string {
  return typeof value === 'object' ? podText(value) : String(value ?? '');
}

/** A finding as a runbook declares it: only its sentences. `S` are their slots. */
export type Message<S extends string = string> = {
  readonly role: Role;
  /** Subject first, present tense, one sentence. */
  readonly says: string;
  /** One or two sentences on the consequence; printed, and the heart of the docs. */
  readonly means: string;
  /** What not to do. */
  readonly avoid?: string;
  readonly see?: readonly string[];
  readonly follow?: Follow<S>;
};

/**
 * Another runbook explains this: the command line continues there, with the target in this slot; where no sentence names
 * the target, the finding itself has it (`goesOn`).
 */
export type Follow<S extends string = string> = {
  readonly runbook: string;
  readonly target?: S;
};

/** One type parameter a sentence, so that each contributes its slots. */
type Declare = <const S extends string, const M extends string, const A extends string = never>(
  says: S,
  body: {
    readonly means: M;
    readonly avoid?: A;
    readonly see?: readonly string[];
    readonly follow?: Follow<NoInfer<Slots<S | M | A>>>;
  },
) => Message<Slots<S | M | A>>;

function declare(role: Role): Declare {
  return (says, body) => ({ role, says, ...body });
}

/** A finding that explains what is wrong. */
export const cause = declare('cause');
/** Advice with figures: it makes things worse but explains nothing by itself. */
export const contributor = declare('contributor');
/** Something seen and not explained; with it the verdict is never healthy. */
export const symptom = declare('symptom');

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inferred away at every use
export type Catalogue = Readonly<Record<string, Message<any>>>;
export type ArgsFor<M> = M extends Message<infer S> ? Readonly<Record<S, SlotValue>> : never;

/** What depends on the case, so no sentence of the catalogue can hold it. */
export type Rest = {
  /** Only an answer that was received can be cited, and at least one must be. */
  readonly from: readonly [Seen, ...Seen[]];
  /** False where the evidence is circumstantial: printed as "likely". */
  readonly sure?: boolean;
  /** Its impact: "every pod of deployment/web". */
  readonly reach?: string | undefined;
  readonly since?: string | undefined;
  /** What not to do, where that differs from case to case. */
  readonly avoid?: string | undefined;
  /** Names of what it is about that none of its sentences holds: two runs are compared by them. */
  readonly about?: Readonly<Record<string, SlotValue>>;
  /** In this case another runbook may say more of it: that one is told first. */
  readonly stands?: 'last' | undefined;
  /** The target that the runbook of `follow` is asked about, where no slot holds it. */
  readonly goesOn?: string;
  readonly fixes?: readonly Fix[];
};

/** A finding of one case. */
export type Found = Rest & {
  readonly id: string;
  readonly slots: Readonly<Record<string, SlotValue>>;
};

/** States findings of a catalogue. */
export function tells<C extends Catalogue>(_: C) {
  return <K extends keyof C & string>(id: K, slots: ArgsFor<C[K]>, rest: Rest): Found => ({
    id,
    slots,
    ...rest,
  });
}

/** One reason of an evaluator: what it says, what follows, what fixes it. `c` is what else is known of the case. */
export type Row<R, C> = {
  readonly says: string;
  readonly means: string;
  readonly avoid?: string;
  readonly see?: readonly string[];
  readonly follow?: Follow<(keyof C | keyof R) & string>;
  readonly fixes?: (c: C, reason: R) => readonly Fix[];
};
type Reasons = { readonly is: string };
type Of<R extends Reasons, K> = Extract<R, { readonly is: K }>;
/** The sentence, or the slot that neither the reason nor what is known beside it can fill. */
type Filled<S, Names> =
  Exclude<Slots<S & string>, Names> extends infer Open extends string
    ? [Open] extends [never]
      ? S
      : `nothing fills {${Open}}`
    : never;
type Table<R extends Reasons, C> = { readonly [K in R['is']]: Row<Of<R, K>, C> };

/**
 * A finding for each reason an evaluator may give: `` table<Reason, Case>()({ ... }) ``. The compiler asks for a row of every
 * one, and for a value of every slot: the reason's own fields, and those of the case.
 */
export function table<R extends Reasons, C>(role: typeof cause = cause) {
  return <const T extends Table<R, C>>(
    rows: T & {
      readonly [K in keyof T & R['is']]: {
        readonly says: Filled<T[K]['says'], keyof C | keyof Of<R, K>>;
        readonly means: Filled<T[K]['means'], keyof C | keyof Of<R, K>>;
      };
    },
  ) => ({
    findings: Object.fromEntries(
      Object.entries<Row<never, C>>(rows).map(([id, { says, fixes: _, ...body }]) => [
        id,
        role(says, body as never),
      ]),
    ) as { readonly [K in R['is']]: Message<never> },
    tell(reason: R, c: C & Readonly<Record<string, unknown>>, rest: Omit<Rest, 'fixes'>): Found {
      const row: Row<R, C> = rows[reason.is as keyof T] as never;
      const slots = { ...reason, ...c } as unknown as Found['slots'];
      return { id: reason.is, slots, ...rest, fixes: row.fixes?.(c, reason) ?? [] };
    },
  });
}
