// Runs a saved case the way `meshdoc diagnose --from` does, with a place to put something between the replay
// and the guard: that is where sweeps deny, garble and delay.
import { existsSync } from 'node:fs';
import { setMaxListeners } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diagnoseTargets, type Diagnosed } from '../../src/run/diagnose-target.ts';
import { exitCodeOf, type ExitCode } from '../../src/run/exit.ts';
import { runOptions } from '../../src/cli/options.ts';
import { optionsFor, savedRequest } from '../../src/run/request.ts';
import type { World } from '../../src/run/wire.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import type { Ask } from '../../src/core/ports.ts';
import type { Runbook } from '../../src/core/runbook.ts';
import { questionText, type Question } from '../../src/core/question.ts';
import { hider } from '../../src/guard/guard.ts';
import type { RawAsk } from '../../src/guard/raw.ts';
import { believe } from '../../src/ports/believe.ts';
import { memo } from '../../src/ports/memo.ts';
import { render, type Format } from '../../src/report/formats.ts';
import type { Style } from '../../src/report/style.ts';
import type { Case } from '../../src/snapshot/case.ts';
import { replay } from '../../src/snapshot/replay.ts';
import { guardOnce } from './guard-once.ts';
import { parsedOnce } from './parsed-once.ts';
import { root } from './sources.ts';

export type Scenario = {
  /** `stale/frozen` */
  readonly name: string;
  readonly runbook: string;
  readonly dir: string;
  readonly saved: Case;
};

const scenarioRoot = join(root, 'test/scenarios');

let known: Promise<readonly Scenario[]> | undefined;

/** Every folder under test/scenarios/<runbook>/ that holds a case. Read once for all test files of a worker. */
export function scenarios(): Promise<readonly Scenario[]> {
  known ??= read();
  return known;
}

async function read(): Promise<readonly Scenario[]> {
  if (!existsSync(scenarioRoot)) return [];
  const found: Scenario[] = [];
  for (const runbook of (await readdir(scenarioRoot)).sort()) {
    for (const name of (await readdir(join(scenarioRoot, runbook))).sort()) {
      const dir = join(scenarioRoot, runbook, name);
      // A recording that is still being written has no scenario.yaml yet.
      if (!existsSync(join(dir, 'scenario.yaml'))) continue;
      found.push({ name: `${runbook}/${name}`, runbook, dir, saved: await parsedOnce(dir) });
    }
  }
  return found;
}

export type Twist = {
  /** Stands between the replay and the guard. */
  readonly raw?: (ask: RawAsk) => RawAsk;
  /** Stands outside the guard, where a recorder stands. */
  readonly safe?: (ask: Ask) => Ask;
  readonly interrupt?: AbortSignal;
  /** The runbook as a later release may have it. */
  readonly runbook?: (runbook: Runbook) => Runbook;
};

export type Ran = {
  readonly diagnosed: Diagnosed;
  /** Empty when the run was refused. */
  readonly diagnoses: readonly Diagnosis[];
  readonly exit: ExitCode;
  /** In the order they reached the adapter. */
  readonly questions: readonly Question[];
  /** What the engine's one catch caught. */
  readonly bugs: readonly unknown[];
  readonly unused: readonly string[];
  readonly missing: readonly string[];
};

// As the command line sets it: dozens of questions wait on one signal.
setMaxListeners(0);

const options = runOptions({});
const hide = hider();
const never = new AbortController().signal;

export async function run(name: string, saved: Case, twist: Twist = {}): Promise<Ran> {
  const { file } = saved;
  const tape = replay(saved);
  const questions: Question[] = [];
  const bugs: unknown[] = [];
  const heard: RawAsk = (question, signal) => {
    questions.push(question);
    return tape.ask(question, signal);
  };
  const guarded = guardOnce(saved, heard, twist.raw ?? same);
  const world: World = {
    ports: { ask: memo(believe((twist.safe ?? same)(guarded))), clock: tape.clock },
    namespace: file.namespace ?? 'default',
    reach: file.context === undefined ? {} : { context: file.context },
    source: { is: 'case', recorded: file.now, name: name.split('/').at(-1) ?? name, demo: false },
    saved,
    again: () => Promise.resolve(world),
    hide,
    ready: () => undefined,
    close: () => undefined,
  };
  const request = await savedRequest({ runbook: undefined, targets: [], options }, file);
  if ('says' in request) throw new Error(request.says);
  const { runbook, words } = request;
  const diagnosed = await diagnoseTargets({
    runbook: twist.runbook?.(runbook) ?? runbook,
    targets: words,
    options: optionsFor(options, request),
    world,
    interrupt: twist.interrupt ?? never,
    onBug: (error) => bugs.push(error),
  });
  const diagnoses = diagnosed.ok ? diagnosed.diagnoses : [];
  const exit = diagnosed.ok ? exitCodeOf(diagnoses) : diagnosed.refusal.code;
  const [unused, missing] = [tape.unused(), tape.missing()];
  return { diagnosed, diagnoses, exit, questions, bugs, unused, missing };
}

function same<T>(value: T): T {
  return value;
}

const plain: Style = { color: false, width: 100, height: 24, unicode: false, verbose: false };

/** What is printed for a run in one format; the refusal's line when there is no diagnosis. */
export async function printed(
  ran: Ran,
  format: Format = 'ticket',
  screen: Partial<Style> = {},
): Promise<string> {
  if (!ran.diagnosed.ok) return `meshdoc: ${ran.diagnosed.refusal.says}\n`;
  return render(format, ran.diagnoses, { ...plain, ...screen });
}

/** The code of the first finding of all diagnoses, or null. */
export function firstCode({ diagnoses }: Ran): string | null {
  return diagnoses.flatMap((d) => d.findings)[0]?.code ?? null;
}

export function codesOf(ran: Ran, role?: 'cause' | 'symptom' | 'contributor'): readonly string[] {
  const findings = ran.diagnoses.flatMap((d) => d.findings);
  return [...new Set(findings.filter((f) => !role || f.role === role).map((f) => f.code))].sort();
}

/** The questions of a run, each once, by their text. */
export function asked(ran: Ran): ReadonlyMap<string, Question> {
  return new Map(ran.questions.map((question) => [questionText(question), question]));
}
