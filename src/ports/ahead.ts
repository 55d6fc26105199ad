// What will be asked is asked while something else is waited for. Nothing hangs on it: it stands beneath what records and
// remembers, so an answer that nobody came for was never there.
import { orElse } from '../core/deadline.ts';
import { overdue, type Ask, type Reply } from '../core/ports.ts';
import { questionText } from '../core/question.ts';

export type Ahead = {
  readonly ask: Ask;
  /** Asks at once, for whoever asks the same later. */
  readonly early: Ask;
};

export function ahead(ask: Ask): Ahead {
  const kept = new Map<string, Promise<Reply<unknown>>>();
  return {
    early: (question, signal) => {
      const key = questionText(question);
      const asked = kept.get(key) ?? ask(question, signal);
      kept.set(key, asked);
      return asked as never;
    },
    ask: (question, signal) => {
      const key = questionText(question);
      const asked = kept.get(key);
      // Once: who asks again wants to know it anew.
      kept.delete(key);
      if (!asked) return ask(question, signal);
      return orElse(asked, signal, () => overdue(signal)) as never;
    },
  };
}
