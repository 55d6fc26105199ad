// The guard in front of a replay, which searches each recorded answer for secrets once and not in each of a hundred runs.
// Whatever a sweep puts in its place is searched every time.
import type { Ask, Reply } from '../../src/core/ports.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { guard } from '../../src/guard/guard.ts';
import type { RawAsk } from '../../src/guard/raw.ts';
import type { KubeObject } from '../../src/core/object.ts';
import type { Case } from '../../src/snapshot/case.ts';

type Known = {
  /** What of the case it came from: the answer's file, or the objects of its kind. */
  readonly source: readonly unknown[];
  readonly raw: Reply<unknown>;
  safe: Reply<unknown> | undefined;
};

/** By the head of a case: what changes one answer, or objects of one kind, leaves the rest as it was. */
const cases = new WeakMap<object, Map<string, Known>>();

export function guardOnce(saved: Case, heard: RawAsk, twist: (ask: RawAsk) => RawAsk): Ask {
  const known = cases.get(saved.file) ?? new Map<string, Known>();
  cases.set(saved.file, known);
  const answers = new Map(saved.answers.map((answer) => [answer.question, answer]));
  const sources = new Map<string, readonly unknown[]>();
  const sourceOf = (key: string, question: Question): readonly unknown[] => {
    const source = sources.get(key) ?? [answers.get(key), ...objectsFor(saved, question)];
    sources.set(key, source);
    return source;
  };
  const find = (key: string, question: Question): Known | undefined => {
    const found = known.get(key);
    return found && isSame(found.source, sourceOf(key, question)) ? found : undefined;
  };

  const remembering: RawAsk = async (question, signal) => {
    const raw = await heard(question, signal);
    const key = questionText(question);
    const before = find(key, question);
    if (before) return before.raw as typeof raw;
    if (raw.ok) known.set(key, { source: sourceOf(key, question), raw, safe: undefined });
    return raw;
  };
  const twisted = twist(remembering);
  // One guard for all of a run: the numbers of what it hides go on.
  const replies = new Map<Question, Reply<unknown>>();
  const guarded = guard(((question) => Promise.resolve(replies.get(question))) as RawAsk);

  return (async (question, signal) => {
    const raw = await twisted(question, signal);
    const found = find(questionText(question), question);
    if (found?.raw === raw && found.safe) return found.safe;
    replies.set(question, raw);
    const safe = await guarded(question, signal);
    if (found?.raw === raw) found.safe = safe;
    return safe;
  }) as Ask;
}

function objectsFor(saved: Case, question: Question): readonly KubeObject[] {
  if (question.ask !== 'get' && question.ask !== 'list') return [];
  const { kind } = question.ask === 'get' ? question.ref.resource : question.resource;
  return saved.objects.filter((object) => object.kind === kind);
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}
