// The doors to the outside. One verb, `ask`; nothing here can write.
import type { Why } from './answer.ts';
import { isTimeout } from './deadline.ts';
import type { AnswerTo, Question } from './question.ts';

/** An answer to a question, or why there is none. `absent` is an answer: the server looked, and there is none. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: 'absent' | Why; readonly detail: string };

/** What did not come, and why. */
export type Failure = Extract<Reply<never>, { ok: false }>;

export type Ask = <Q extends Question>(
  question: Q,
  signal: AbortSignal,
) => Promise<Reply<AnswerTo<Q>>>;

/** Time as a port, so that a replay has its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves early (never rejects) when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * In a replay: a clock of one's own, so that what one fact sleeps away moves no other fact's time, whatever
   * answers first.
   */
  fork?(): Clock;
}

export type Ports = {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Where round trips cost: asks at once what will be asked. Neither the answer nor its failure counts until it is. */
  readonly early?: Ask;
};

export function answered<T>(value: T): Reply<T> {
  return { ok: true, value };
}

export function failed(why: 'absent' | Why, detail: string): Failure {
  return { ok: false, why, detail };
}

/** The answer given for whoever ignored its signal (`orElse`): the clock ran out, or a person stopped it. */
export function overdue(signal: AbortSignal): Failure {
  return isTimeout(signal)
    ? failed('timed-out', 'no answer before the deadline')
    : failed('interrupted', 'the run was stopped first');
}
