// Hears what a fact asks, so that no part of it is lost without a word: what failed, or came only in part, is a gap whether
// or not the fact says so.
import type { Fetched, Missed } from '../core/fact.ts';
import type { Ask } from '../core/ports.ts';
import { accessFor, questionText, type Listed, type Question } from '../core/question.ts';

type Failed = { readonly question: Question; readonly missed: Missed };

export class Heard {
  readonly #failed = new Map<string, Failed>();

  /** What is asked again counts by its last answer. */
  hear(ask: Ask): Ask {
    return async (question, signal) => {
      const reply = await ask(question, signal);
      const missed = reply.ok ? cutIn(question, reply.value) : failureOf(question, reply);
      if (missed) this.#failed.set(questionText(question), { question, missed });
      else this.#failed.delete(questionText(question));
      return reply;
    };
  }

  /** What the fact goes on without and gives no reason for. */
  unsaid(fetched: Extract<Fetched<unknown>, { ok: true }>): readonly Missed[] {
    const reasons = new Set((fetched.missed ?? []).map(({ why }) => why));
    const without = new Set((fetched.without ?? []).map(questionText));
    return [...this.#failed.values()]
      .filter(({ question }) => fetched.road === undefined || !isRoad(question))
      .filter(({ question }) => !without.has(questionText(question)))
      .flatMap(({ missed }) => (reasons.has(missed.why) ? [] : [missed]));
  }
}

/** Another road was taken to the same answer. */
function isRoad({ ask }: Question): boolean {
  return ask === 'http' || ask === 'exec' || ask === 'tool';
}

function failureOf(
  question: Question,
  { why, detail }: { readonly why: Missed['why'] | 'absent'; readonly detail: string },
): Missed | undefined {
  if (why === 'absent') return undefined;
  return { asked: phraseOf(question), why, detail, access: accessFor(question) };
}

function cutIn(question: Question, value: unknown): Missed | undefined {
  // Who asks for one asks whether there is any.
  if (question.ask !== 'list' || question.limit === 1) return undefined;
  const { items, more } = value as Listed;
  const detail = `there are more than the ${items.length} that were read`;
  return more ? { asked: phraseOf(question), why: 'unreadable', detail } : undefined;
}

function phraseOf(question: Question): string {
  if (question.ask !== 'list') return questionText(question);
  const { resource, namespace } = question;
  if (!resource.namespaced) return resource.plural;
  return `${resource.plural} ${namespace === undefined ? 'of all namespaces' : `in ${namespace}`}`;
}
