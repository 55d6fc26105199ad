// Remembers every question and its guarded answer, so that a run can be saved as a case. It stands outside the
// guard: what it keeps was redacted before it got here.
import type { Ask, Reply } from '../core/ports.ts';
import type { KubeObject } from '../core/object.ts';
import {
  questionText,
  type AnswerTo,
  type HttpAnswer,
  type Listed,
  type ProcessAnswer,
  type Question,
  type ServerAnswer,
  type TlsAnswer,
} from '../core/question.ts';
import type { Case, CaseFile, CaseHead, CaseReply, TextAnswer } from './case.ts';

export type Recorder = {
  readonly ask: Ask;
  /** Everything that was asked until now, as a case. */
  finish(head: CaseHead): Case;
};

export function record(ask: Ask): Recorder {
  const kept = new Map<string, { question: Question; reply: Reply<AnswerTo<Question>> }>();
  return {
    ask: async (question, signal) => {
      const reply = await ask(question, signal);
      // What was cut off by the end of the run was not answered; a replay would not ask it again.
      if (reply.ok || reply.why !== 'interrupted')
        kept.set(questionText(question), { question, reply });
      return reply;
    },
    finish: (head) => toCase(head, kept),
  };
}

function toCase(
  head: CaseHead,
  kept: ReadonlyMap<string, { question: Question; reply: Reply<AnswerTo<Question>> }>,
): Case {
  const asked: string[] = [];
  const replies: CaseReply[] = [];
  const answers: TextAnswer[] = [];
  const objects = new Map<string, KubeObject>();
  let server: string | undefined;
  const keep = (o: KubeObject) =>
    objects.set(`${o.apiVersion} ${o.kind} ${o.metadata.namespace ?? ''}/${o.metadata.name}`, o);
  for (const [key, { question, reply }] of [...kept].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!reply.ok) replies.push({ question: key, why: reply.why, detail: reply.detail });
    else if (question.ask === 'get') keep(reply.value as KubeObject);
    else if (question.ask === 'list') {
      const { items, more } = reply.value as Listed;
      items.forEach(keep);
      asked.push(more ? `${key} (more)` : key);
    } else if (question.ask === 'server') server = (reply.value as ServerAnswer).gitVersion;
    else answers.push(textAnswer(key, reply.value));
  }
  const file: CaseFile = {
    meshdoc: 1,
    ...head,
    ...(server === undefined ? {} : { server }),
    complete: false,
    asked,
    replies,
  };
  return { file, objects: [...objects.values()], answers };
}

function textAnswer(question: string, value: unknown): TextAnswer {
  if (Array.isArray(value)) {
    return {
      question,
      status: 'lines',
      stderr: '',
      body: value.map((line) => `${String(line)}\n`).join(''),
    };
  }
  const answer = value as HttpAnswer | TlsAnswer | ProcessAnswer;
  if ('exitCode' in answer) {
    return {
      question,
      status: `exit ${answer.exitCode}`,
      stderr: answer.stderr,
      body: answer.stdout,
    };
  }
  switch (answer.is) {
    case 'answered':
      if ('chain' in answer) {
        return { question, status: 'certificates', stderr: '', body: answer.chain.join('') };
      }
      return { question, status: String(answer.status), stderr: '', body: answer.body };
    case 'silent':
      return { question, status: `silent ${answer.waitedMs}`, stderr: '', body: '' };
    case 'closed':
    case 'refused':
      return { question, status: answer.is, stderr: '', body: '' };
  }
}
