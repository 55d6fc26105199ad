// Answers questions from a saved case. Nothing here reaches a cluster.
import { ListCheck } from '../core/listed.ts';
import { answered, failed, type Clock, type Reply } from '../core/ports.ts';
import {
  questionText,
  type AnswerTo,
  type HttpAnswer,
  type Listed,
  type ListQuestion,
  type ProcessAnswer,
  type Question,
  type TlsAnswer,
} from '../core/question.ts';
import type { KubeObject } from '../core/object.ts';
import { resourceName, type Resource } from '../core/refs.ts';
import { Raw, type RawAsk } from '../guard/raw.ts';
import type { Case, TextAnswer } from './case.ts';
import { selectObjects } from './select.ts';

export type Replay = {
  readonly ask: RawAsk;
  readonly clock: Clock;
  /** Recordings nobody asked for. */
  unused(): readonly string[];
  /** Questions that the case does not answer. */
  missing(): readonly string[];
};

export function replay(saved: Case): Replay {
  const used = new Set<string>();
  const missing = new Set<string>();
  const answers = new Map(saved.answers.map((a) => [a.question, a]));
  const replies = new Map((saved.file.replies ?? []).map((r) => [r.question, r]));
  const lists = new Map(
    (saved.file.asked ?? []).map((line) => [
      line.replace(/ \(more\)$/, ''),
      line.endsWith(' (more)'),
    ]),
  );

  const faultOf = listFaults(saved.objects);
  /** What was listed whole answers for each part of it. */
  const isWhole = (wider: readonly ListQuestion[]): boolean =>
    wider.some((one) => lists.get(questionText(one)) === false);

  const find = (question: Question): Reply<AnswerTo<Question>> => {
    const key = questionText(question);
    const reply = replies.get(key);
    if (reply) return failed(reply.why, reply.detail);
    const answer = answers.get(key);
    if (answer) return readText(question, answer);
    switch (question.ask) {
      case 'get': {
        const object = saved.objects.find((o) => isObject(o, question.ref));
        if (object) return { ok: true, value: object };
        return saved.file.complete || isWhole(wholeListOf(question.ref))
          ? failed('absent', `there is no ${key.slice(4)}`)
          : unknown(key, missing);
      }
      case 'list': {
        const more = lists.get(key) ?? (isWhole(wholeListOf(question)) ? false : undefined);
        if (more === undefined && !saved.file.complete) return unknown(key, missing);
        const list = { items: listed(saved, question), more: more ?? false };
        const says = faultOf(question.resource) ?? moreFault(list, question);
        return says === undefined ? answered(list) : notThatList(question, says);
      }
      case 'server':
        return saved.file.server === undefined
          ? unknown(key, missing)
          : { ok: true, value: { gitVersion: saved.file.server } };
      case 'tool':
        return saved.file.complete
          ? failed('tool-missing', `${question.tool} is not on the PATH`)
          : unknown(key, missing);
      default:
        return unknown(key, missing);
    }
  };

  return {
    ask: (question) => {
      used.add(questionText(question));
      const found = find(question);
      const reply = found.ok ? { ok: true, value: new Raw(found.value) } : found;
      return Promise.resolve(reply as never);
    },
    clock: frozenClock(Date.parse(saved.file.now)),
    unused: () => [...answers.keys(), ...replies.keys()].filter((key) => !used.has(key)),
    missing: () => [...missing],
  };
}

/** The lists without selectors that hold it: of its namespace, and of all. */
function wholeListOf({
  resource,
  namespace,
}: Pick<ListQuestion, 'resource' | 'namespace'>): readonly ListQuestion[] {
  const all: ListQuestion = { ask: 'list', resource };
  return namespace === undefined ? [all] : [{ ...all, namespace }, all];
}

function unknown(key: string, missing: Set<string>): Reply<never> {
  missing.add(key);
  return failed('not-in-snapshot', 'nobody had asked this when the case was recorded');
}

function isObject(
  o: KubeObject,
  ref: { resource: Resource; namespace?: string | undefined; name: string },
): boolean {
  return (
    isKind(o, ref.resource) &&
    o.metadata.name === ref.name &&
    (o.metadata.namespace ?? '') === (ref.namespace ?? '')
  );
}

function isKind(o: KubeObject, resource: Resource): boolean {
  const group = o.apiVersion.includes('/') ? (o.apiVersion.split('/')[0] ?? '') : '';
  return o.kind === resource.kind && group === resource.group;
}

function listed(saved: Case, question: ListQuestion): readonly KubeObject[] {
  const found = selectObjects(
    saved.objects.filter((o) => isKind(o, question.resource)),
    question,
  );
  return question.limit === undefined ? found : found.slice(0, question.limit);
}

/**
 * Why the saved objects of a kind cannot be what a server listed. All of them are looked at, whatever namespace was asked:
 * an object without one may belong to any list.
 */
function listFaults(objects: readonly KubeObject[]): (kind: Resource) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (resource) => {
    const name = resourceName(resource);
    if (!known.has(name)) known.set(name, listFault(objects, resource));
    return known.get(name);
  };
}

function listFault(objects: readonly KubeObject[], resource: Resource): string | undefined {
  const check = new ListCheck({ ask: 'list', resource });
  for (const object of objects) {
    const problem = isKind(object, resource) ? check.problem(object) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** With a limit fewer may be left here: what changed during the run is kept as it was in the end. */
function moreFault({ more }: Listed, { limit }: ListQuestion): string | undefined {
  return more && limit === undefined ? 'more items remain, but it has no limit' : undefined;
}

function notThatList({ resource }: ListQuestion, says: string): Reply<never> {
  return failed('unreadable', `the saved list of ${resource.plural} cannot be right: ${says}`);
}

function readText(question: Question, answer: TextAnswer): Reply<AnswerTo<Question>> {
  const [word, amount = ''] = answer.status.split(' ');
  if (question.ask === 'logs') {
    return { ok: true, value: answer.body.split('\n').filter((line) => line !== '') };
  }
  if (question.ask === 'tls')
    return { ok: true, value: tlsAnswer(word ?? '', amount, answer.body) };
  if (question.ask === 'http' || question.ask === 'prometheus')
    return { ok: true, value: httpAnswer(word ?? '', amount, answer.body) };
  const value: ProcessAnswer = {
    exitCode: Number(amount) || 0,
    stdout: answer.body,
    stderr: answer.stderr,
  };
  return { ok: true, value };
}

function httpAnswer(word: string, amount: string, body: string): HttpAnswer {
  if (word === 'silent') return { is: 'silent', waitedMs: Number(amount) };
  if (word === 'closed') return { is: 'closed' };
  return { is: 'answered', status: Number(word), body };
}

function tlsAnswer(word: string, amount: string, body: string): TlsAnswer {
  if (word === 'silent') return { is: 'silent', waitedMs: Number(amount) };
  if (word === 'closed' || word === 'refused') return { is: word };
  return { is: 'answered', chain: body.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? [] };
}

/** Time stands still but for what is slept away, so a replay is the same run every time, at once. */
function frozenClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    fork: () => frozenClock(start),
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
}
