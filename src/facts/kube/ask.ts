// Short forms of the questions facts ask most.
import { bounded } from '../../core/deadline.ts';
import type { Fetched, Missed } from '../../core/fact.ts';
import type { Ports, Reply } from '../../core/ports.ts';
import {
  accessFor,
  questionText,
  type AnswerTo,
  type Listed,
  type ListQuestion,
  type Question,
} from '../../core/question.ts';
import type { KubeObject } from '../../core/object.ts';
import type { PodRef, Resource } from '../../core/refs.ts';

export function getObject(
  ports: Ports,
  resource: Resource,
  name: string,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Reply<KubeObject>> {
  return ports.ask({ ask: 'get', ref: { resource, name, namespace } }, signal);
}

export function listObjects(
  ports: Ports,
  resource: Resource,
  where: Omit<ListQuestion, 'ask' | 'resource'>,
  signal: AbortSignal,
): Promise<Reply<Listed>> {
  return ports.ask({ ask: 'list', resource, ...where }, signal);
}

/** A reply that failed, as what a fact returns: with the permission that was missing. */
export function failure(
  reply: Extract<Reply<unknown>, { ok: false }>,
  question: Question,
): Extract<Fetched<never>, { ok: false }> {
  return { ok: false, why: reply.why, detail: reply.detail, access: accessFor(question) };
}

/** A part that could not be read, for facts that continue without it. */
export function missedPart(
  asked: string,
  reply: Extract<Reply<unknown>, { ok: false }>,
  question: Question,
): Missed {
  return {
    asked,
    why: reply.why === 'absent' ? 'unreadable' : reply.why,
    detail: reply.detail,
    access: accessFor(question),
  };
}

/** One road to an answer: a question, its own time limit (a road that hangs leaves time for the next), and how its answer is read (`undefined`: not what it should be). */
export type Road<T> = {
  readonly name: string;
  readonly ms: number;
  readonly ask: (ports: Ports, signal: AbortSignal) => Promise<Reply<T>>;
  readonly question: Question;
};

/**
 * Tries roads in order until one answers. The failure reported is the first road's: that is the one to fix.
 */
export async function byRoads<T>(
  ports: Ports,
  roads: readonly Road<T>[],
  signal: AbortSignal,
): Promise<Fetched<T>> {
  let first: Extract<Fetched<T>, { ok: false }> | undefined;
  for (const [index, road] of roads.entries()) {
    const reply = await bounded(road.ms, signal, (own) => road.ask(ports, own));
    if (reply.ok)
      return { ok: true, value: reply.value, ...(index > 0 ? { road: road.name } : {}) };
    first ??= failure(reply, road.question);
    if (reply.why === 'unauthenticated' || reply.why === 'interrupted' || signal.aborted) break;
  }
  return first ?? { ok: false, why: 'bug', detail: 'a fact without a road' };
}

/** Reads a reply's value; `undefined` from `read` makes it unreadable, with the first words of the answer. */
export function readReply<Q extends Question, T>(
  question: Q,
  reply: Reply<AnswerTo<Q>>,
  read: (value: AnswerTo<Q>) => T | undefined,
): Reply<T> {
  if (!reply.ok) return reply;
  const value = read(reply.value);
  if (value !== undefined) return { ok: true, value };
  return {
    ok: false,
    why: 'unreadable',
    detail: `not what "${questionText(question)}" answers with`,
  };
}

export function podRef(object: KubeObject): PodRef {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}
