// A case in which every name is replaced, the same way everywhere: diagnosed again it comes to the same findings.
import { mapped, renameObject } from '../guard/rename/apply.ts';
import type { Names } from '../guard/rename/names.ts';
import { leftOut, type Rename } from '../guard/rename/rename.ts';
import type { Case, CaseReply } from '../snapshot/case.ts';

/** Everything that a case names. */
export function learnCase({ file, objects, answers }: Case, into: Names): void {
  into.name('context', file.context);
  into.name('ns', file.namespace);
  objects.forEach(into.object);
  for (const { question, body, stderr } of answers) [question, body, stderr].forEach(into.text);
  for (const { question, detail } of file.replies ?? []) [question, detail].forEach(into.text);
  for (const line of file.asked ?? []) into.text(line);
}

const kept: ReadonlySet<string> = new Set([
  ...['runbook', 'runbooks', 'now', 'server', 'recordedBy', 'why', 'expect', 'code', 'until', 'by'],
]);

/** Learn the case first. */
export function renameCase(saved: Case, { rename }: Names): Case {
  const answers = saved.answers.map((answer) => ({
    question: inQuestion(answer.question, rename),
    status: answer.status,
    stderr: rename(answer.stderr),
    body: rename(answer.body),
  }));
  // A certificate is signed: it cannot be renamed, and an answer without it would be another answer.
  const isWhole = ({ status, body }: (typeof answers)[number]) =>
    status !== 'certificates' || !body.includes(leftOut);
  const lost = answers
    .filter((answer) => !isWhole(answer))
    .map(({ question }) => withheld(question));
  const file = mapped(saved.file, rename, (key) => kept.has(key)) as Case['file'];
  return {
    file: { ...file, replies: [...(file.replies ?? []), ...lost] },
    objects: saved.objects.map((object) => renameObject(object, rename)),
    answers: answers.filter(isWhole),
  };
}

/** The path of a page is the server's own word, whatever objects are called. */
function inQuestion(question: string, rename: Rename): string {
  const at = question.startsWith('http ') ? question.indexOf(' /') : -1;
  if (at < 0) return rename(question);
  const end = question.slice(at + 1).search(/[?\s]/);
  const rest = end < 0 ? question.length : at + 1 + end;
  return rename(question.slice(0, at)) + question.slice(at, rest) + rename(question.slice(rest));
}

function withheld(question: string): CaseReply {
  const detail = 'a certificate holds names, so it was left out of this case';
  return { question, why: 'not-in-snapshot', detail };
}
