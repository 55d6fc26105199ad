// What an adapter received, before the guard has seen it.
import type { Reply } from '../core/ports.ts';
import type { AnswerTo, Question } from '../core/question.ts';

/** Prints and serialises as nothing. Only `guard.ts` opens it (held by test/architecture.test.ts). */
export class Raw<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  static open<T>(raw: Raw<T>): T {
    return raw.#value;
  }
}

/**
 * An adapter's side of `Ask`: the same question, an unguarded answer. A failure's `detail` is written by the
 * adapter itself from codes and names it knows, never copied from an exception or a response body.
 */
export type RawAsk = <Q extends Question>(
  question: Q,
  signal: AbortSignal,
) => Promise<Reply<Raw<AnswerTo<Q>>>>;
