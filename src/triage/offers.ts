// What comes next after a run. Always in the same order, so that people learn it; the runbook to continue with is first.
import { meshdoc } from '../core/command.ts';
import { isHealthy, type Diagnosis } from '../core/diagnosis.ts';
import { shown } from '../report/view.ts';
import { askKey, type Ask, type Run } from './ask.ts';
import { copyables } from './commands.ts';
import { pieces } from './evidence.ts';
import type { Option, Question } from './question.ts';
import { lastRun, type Scene } from './scene.ts';
import { doing, type Where } from './where.ts';

const next: Where = { at: 'next' };

export function nextQuestion(scene: Scene): Question {
  const run = lastRun(scene);
  return {
    is: 'choose',
    says: 'What next?',
    options: [...(run ? ofRun(run, scene) : []), ...always],
    back: next,
  };
}

const always: readonly Option[] = [
  { key: 'note', label: 'Add a note', goes: { at: 'note' } },
  { key: 'other', label: 'Look at something else', goes: { at: 'start' } },
  { key: 'ticket', label: 'Write the ticket', goes: { at: 'format' } },
  { key: 'leave', label: 'Quit; the session is saved', goes: { at: 'left' } },
];

function ofRun(run: Run, scene: Scene): readonly Option[] {
  const [commands, evidence] = [copyables(run.diagnoses), pieces(run.diagnoses)];
  return [
    ...followUps(run, scene),
    ...(commands.length > 0
      ? [{ key: 'copy', label: 'Copy a command', goes: { at: 'commands' } as const }]
      : []),
    ...(evidence.length > 0
      ? [{ key: 'evidence', label: 'Show evidence in full', goes: { at: 'evidence' } as const }]
      : []),
    again(run, scene),
  ];
}

function again({ ask, diagnoses }: Run, { live }: Scene): Option {
  if (!live || isHealthy(diagnoses)) {
    return {
      key: 'again',
      label: 'Check again',
      ...(live ? {} : { hint: 'a saved case always answers the same' }),
      goes: doing({ is: 'run', ask, until: 'once' }),
    };
  }
  return {
    key: 'again',
    label: 'Check again until it is healthy',
    hint: 'run the fix yourself; Ctrl-C stops waiting',
    goes: doing({ is: 'run', ask, until: 'healthy' }),
  };
}

/** The runbooks that findings name and that were not asked about this target. */
export function followUps({ diagnoses }: Run, scene: Scene): readonly Option[] {
  const done = new Set([
    ...scene.runs.map(({ ask }) => askKey(ask)),
    ...scene.runs.flatMap((run) => run.diagnoses.map((d) => `${d.runbook} ${d.target}`)),
  ]);
  const found = shown(diagnoses)
    .flatMap(pointers)
    .filter((ask) => {
      const key = askKey(ask);
      return !done.has(key) && done.add(key);
    });
  return found.map((ask) => {
    const title = scene.symptoms.find(({ id }) => id === ask.runbook)?.title ?? '';
    return {
      key: `follow ${askKey(ask)}`,
      label: `Continue with ${ask.runbook}: ${title}`,
      hint: meshdoc`diagnose ${ask.runbook} ${ask.words}`.argv.join(' '),
      goes: doing({ is: 'run', ask, until: 'once' }),
    };
  });
}

function pointers(d: Diagnosis): readonly Ask[] {
  return d.findings.flatMap(({ follow, see }) => [
    ...(follow ? [{ runbook: follow.runbook, words: [follow.target] }] : []),
    ...see
      .filter((runbook) => runbook !== d.runbook && runbook !== follow?.runbook)
      .map((runbook) => ({ runbook, words: wordsOf(d) })),
  ]);
}

/** For a request, only what is called; for the whole mesh, nothing. */
function wordsOf({ input }: Diagnosis): readonly string[] {
  return (input['target'] ?? '').split(' ').filter(Boolean).slice(-1);
}

export function commandsQuestion(scene: Scene): Question {
  const found = copyables(lastRun(scene)?.diagnoses ?? []);
  return {
    is: 'choose',
    says: 'Which command? It is copied and printed, never run',
    options: [
      ...found.map((command) => ({
        key: command.key,
        label: command.label,
        goes: doing({ is: 'copy', command, then: next }),
      })),
      backOption,
    ],
    back: next,
  };
}

export function evidenceQuestion(scene: Scene): Question {
  const found = pieces(lastRun(scene)?.diagnoses ?? []);
  return {
    is: 'choose',
    says: 'Which evidence?',
    options: [
      ...found.map(({ key, label, text }) => ({
        key,
        label,
        goes: doing({ is: 'show', text, then: { at: 'evidence' } }),
      })),
      backOption,
    ],
    back: next,
  };
}

const backOption: Option = { key: 'back', label: 'Back', goes: next };
