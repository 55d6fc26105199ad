// What an answer must be to be believed, wherever it comes from. An API server lists what it was asked for, all of it, and
// knows its own kinds; anything else is not its answer, and nothing is concluded from it.
import { failed, type Ask, type Reply } from '../core/ports.ts';
import type { KubeObject } from '../core/object.ts';
import type { AnswerTo, GetQuestion, ListQuestion, Question } from '../core/question.ts';
import { resourceName, type Resource } from '../core/refs.ts';

export function believe(ask: Ask): Ask {
  return async <Q extends Question>(
    question: Q,
    signal: AbortSignal,
  ): Promise<Reply<AnswerTo<Q>>> => {
    const reply = await ask(question, signal);
    const wrong = doubt(question, reply);
    return wrong === undefined ? reply : failed('unreadable', wrong);
  };
}

function doubt(question: Question, reply: Reply<unknown>): string | undefined {
  if (question.ask === 'get' && reply.ok) return ofObject(question, reply.value as KubeObject);
  if (question.ask !== 'list') return undefined;
  if (reply.ok) return ofList(question, reply.value as AnswerTo<ListQuestion>);
  return reply.why === 'absent' && isBuiltIn(question.resource)
    ? `the answer says that there is no such kind as ${resourceName(question.resource)}, which every API server has: something else may be answering`
    : undefined;
}

function ofObject({ ref }: GetQuestion, { kind, metadata }: KubeObject): string | undefined {
  const { resource, name } = ref;
  return kind === resource.kind && metadata.name === name
    ? undefined
    : `the answer is another object than ${resource.kind} ${name}`;
}

function ofList(
  question: ListQuestion,
  { items, more }: AnswerTo<ListQuestion>,
): string | undefined {
  const { resource, namespace, limit } = question;
  if (items.some(({ kind }) => kind !== resource.kind))
    return `the answer lists other things than ${resource.plural}`;
  const inside = resource.namespaced ? namespace : undefined;
  if (inside !== undefined && items.some(({ metadata }) => metadata.namespace !== inside))
    return `the answer lists ${resource.plural} of other namespaces than ${inside}`;
  // Without a limit there is no reason to stop.
  return more && limit === undefined
    ? `the answer ends after ${items.length}, and there are more`
    : undefined;
}

/** Groups of kubernetes itself that every API server serves (kubernetes pkg/controlplane/instance.go, storage versions). */
const builtIn = new Set([
  '',
  'apps',
  'batch',
  'policy',
  'autoscaling',
  'networking.k8s.io',
  'discovery.k8s.io',
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'rbac.authorization.k8s.io',
]);

function isBuiltIn({ group }: Resource): boolean {
  return builtIn.has(group);
}
