// The guard in front of a replay, which searches each recorded answer for secrets once and not in each of a hundred runs.
// Whatever a sweep puts in its place is searched every time.
import type { Ask, Reply } from '../../src/core/ports.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { guard } from '../../src/guard/guard.ts';
import type { RawAsk } from '../../src/guard/raw.ts';
import type { Case, TextAnswer } from '../../src/snapshot/case.ts';

type Known = {
  /** The file it came from; none for objects. */
  readonly source: TextAnswer | undefined;
  readonly raw: Reply<unknown>;
  safe: Reply<unknown> | undefined;
};

/** By the objects of a case: what changes one text answer leaves the rest as it was. */
const cases = new WeakMap<object, Map<string, Known>>();

export function guardOnce(saved: Case, heard: RawAsk, twist: (ask: RawAsk) => RawAsk): Ask {
  const known = cases.get(saved.objects) ?? new Map<string, Known>();
  cases.set(saved.objects, known);
  const sources = new Map(saved.answers.map((answer) => [answer.question, answer]));
  const find = (key: string): Known | undefined => {
    const found = known.get(key);
    return found?.source === sources.get(key) ? found : undefined;
  };

  const remembering: RawAsk = async (question, signal) => {
    const raw = await heard(question, signal);
    const key = questionText(question);
    const before = find(key);
    if (before) return before.raw as typeof raw;
    if (raw.ok) known.set(key, { source: sources.get(key), raw, safe: undefined });
    return raw;
  };
  const twisted = twist(remembering);
  // One guard for all of a run: the numbers of what it hides go on.
  const replies = new Map<Question, Reply<unknown>>();
  const guarded = guard(((question) => Promise.resolve(replies.get(question))) as RawAsk);

  return (async (question, signal) => {
    const raw = await twisted(question, signal);
    const found = find(questionText(question));
    if (found?.raw === raw && found.safe) return found.safe;
    replies.set(question, raw);
    const safe = await guarded(question, signal);
    if (found?.raw === raw) found.safe = safe;
    return safe;
  }) as Ask;
}
