// A saved case: a folder that holds every question that was asked and what came back, already redacted. The
// same folder, put under test/scenarios, is a test. Written by `record`, read by `replay`, versioned by `meshdoc`.
import type { KubeObject } from '../core/object.ts';
import type { Ignore } from '../core/ignore.ts';
import type { Why } from '../core/answer.ts';
import { limits } from '../core/limits.ts';
import { isOneLine } from '../core/names.ts';

/** scenario.yaml */
export type CaseFile = {
  /** The version of this format. */
  readonly meshdoc: 1;
  readonly runbook: string;
  readonly input: Readonly<Record<string, string>>;
  /** The clock of the run: when it began, ISO 8601. */
  readonly now: string;
  readonly context?: string;
  readonly namespace?: string;
  /** The version of the API server, when it was asked. */
  readonly server?: string;
  /** Who wrote this: `meshdoc 0.1.0`, or a person. */
  readonly recordedBy?: string;
  /**
   * True in a case written by hand: kinds that are not in cluster.yaml do not exist. A recording is false:
   * only what is in `asked` and `replies` is known, anything else was never asked.
   */
  readonly complete: boolean;
  /** Findings that were ignored when it was recorded, so that it says the same everywhere. */
  readonly ignore?: readonly Ignore[];
  /** In a case of triage: the runbooks that were run. A replay runs no others. */
  readonly runbooks?: readonly string[];
  /** Lists that were answered in full; `(more)` behind one that was cut at its limit. */
  readonly asked?: readonly string[];
  /** Questions that failed, and objects that were not there. */
  readonly replies?: readonly CaseReply[];
  /** In a scenario: the exit code, and the code of the first finding (null: none). A recording has none. */
  readonly expect?: { readonly exit: number; readonly first: string | null };
  /** Shown in the runbook's generated page. */
  readonly example?: boolean;
  /** Ships in the package; `meshdoc demo` lists it with this sentence. */
  readonly demo?: string;
};
/** What whoever ran it says of the run; the recording knows the rest. */
export type CaseHead = Omit<CaseFile, 'meshdoc' | 'complete' | 'asked' | 'replies' | 'server'>;

export type CaseReply = {
  readonly question: string;
  readonly why: 'absent' | Why;
  readonly detail: string;
};

/** answers/*.txt: what came back to a question whose answer is text. */
export type TextAnswer = {
  readonly question: string;
  /** `200`, `silent 3000`, `closed`, `exit 0`, `lines`, `certificates`, `refused`. */
  readonly status: string;
  readonly stderr: string;
  readonly body: string;
};

export type Case = {
  readonly file: CaseFile;
  readonly objects: readonly KubeObject[];
  readonly answers: readonly TextAnswer[];
};

/** The first line states the question, so a file's name is free. */
export function writeAnswer(answer: TextAnswer): string {
  const stderr = answer.stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `# stderr: ${line}\n`)
    .join('');
  return `$ ${answer.question}\n# ${answer.status}\n${stderr}\n${answer.body}`;
}

const head = /^\$ (.+)$/;
const status = /^# ((?:\d{3}|silent \d{1,9}|closed|refused|exit -?\d{1,9}|lines|certificates))$/;
const stderr = '# stderr: ';

/** `undefined` when it does not begin as `writeAnswer` has it. */
export function readAnswer(text: string): TextAnswer | undefined {
  const lines = linesOf(text);
  const [, question] = head.exec(lines.next() ?? '') ?? [];
  const [, found] = status.exec(lines.next() ?? '') ?? [];
  if (question === undefined || found === undefined) return undefined;
  if (question.length > limits.words.line || !isOneLine(question)) return undefined;
  const errors: string[] = [];
  while (text.startsWith(stderr, lines.at())) errors.push(lines.next()?.slice(stderr.length) ?? '');
  if (text.startsWith('\n', lines.at())) lines.next();
  return {
    question,
    status: found,
    stderr: errors.join('\n').trimEnd(),
    body: text.slice(lines.at()),
  };
}

/** Each ends with a line break; what has none is no line. */
function linesOf(text: string): { next(): string | undefined; at(): number } {
  let at = 0;
  return {
    at: () => at,
    next: () => {
      const end = text.indexOf('\n', at);
      if (end < 0) return undefined;
      const line = text.slice(at, end);
      at = end + 1;
      return line;
    },
  };
}
