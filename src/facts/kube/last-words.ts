// The last log lines of a container before it terminated: where a crash says why.
import { words } from '../../core/argv.ts';
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from './ask.ts';
import { parseJson } from '../../model/kube/read.ts';

export type LastWordsArgs = {
  readonly pod: PodRef;
  readonly container: string;
  /** `latest`: of a container that terminated and was not started again; there is no log before that. */
  readonly run?: 'previous' | 'latest' | undefined;
};

export const lastWords = fact({
  name: 'kube/last-words',
  asks: ({ pod, container }: LastWordsArgs) =>
    `the last log lines of ${container} in ${podText(pod)} before it last terminated`,
  byHand: ({ pod, container, run }) => {
    const which = run === 'latest' ? words`` : words`--previous`;
    return kubectl`logs ${pod.name} -n ${pod.namespace} -c ${container} ${which} --tail=50`;
  },
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod, container, run }, signal) => {
    const previous = run === 'latest' ? {} : { previous: true };
    const question: LogsQuestion = { ask: 'logs', pod, container, ...previous, tailLines: 50 };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: reply.value } : failure(reply, question);
  },
  show: (lines) => lines.slice(-5),
});

/** What a program adds when a program it ran has failed; it does not say why. */
const ECHO = /^(Error: )?exit status \d+$/i;

/** The line that says why: the last that names an error, else the last of all. */
export function reasonOf(lines: readonly string[]): string | undefined {
  const said = lines.map(messageOf).filter((line) => line !== '' && !ECHO.test(line));
  return said.findLast((line) => WORDS.test(line)) ?? said.at(-1);
}

const WORDS = /\b(error|fatal|panic|failed|cannot|denied)\b/i;

/** The message of a line of JSON (logrus, zap, slog): its level would match `WORDS` in every line. */
function messageOf(line: string): string {
  const { msg } = (parseJson(line) ?? {}) as { readonly msg?: unknown };
  return (typeof msg === 'string' ? msg : line).trim();
}
