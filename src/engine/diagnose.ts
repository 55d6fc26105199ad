// Runs a runbook. Steps are judged in the written order, but each starts as soon as what it reads is there.
import { isTimeout } from '../core/deadline.ts';
import type { Diagnosis, StepRecord } from '../core/diagnosis.ts';
import type { Ports } from '../core/ports.ts';
import type { AnyStep, Runbook } from '../core/runbook.ts';
import { assemble, skippedRecord, stepRecord, type Header, type StepResult } from './assemble.ts';
import { Lookout } from './look.ts';
import { gather, judge, type Gathered } from './step.ts';

/** Told what happens while it happens; `report/progress.ts` prints it. */
export interface Observer {
  begin(stepId: string): void;
  end(step: StepRecord): void;
}

export type Run = {
  readonly ports: Ports;
  /** Aborts the whole run: Ctrl-C, or the run's own time limit. */
  readonly signal: AbortSignal;
  readonly observer?: Observer;
  /** Receives what the one catch caught; the command line prints it under `--debug`. */
  readonly onBug?: (error: unknown) => void;
};

/** Runs every step of a runbook on resolved input and puts the diagnosis together. Never throws. */
export async function diagnose(
  runbook: Runbook,
  input: unknown,
  header: Header,
  run: Run,
): Promise<Diagnosis> {
  const started = run.ports.clock.now();
  const settled = new AbortController();
  const lookout = new Lookout(run.ports, linked(run.signal, settled));
  const gathering = startAll(runbook.steps, lookout, input, run);
  const records = await judgeAll(runbook, gathering, input, run);
  settled.abort(new Error('the diagnosis is complete'));
  const tookMs = run.ports.clock.now() - started;
  const about = { ...header.about, versions: versionsOf(header, records), tookMs };
  return assemble(runbook, records, { ...header, about }, cutBy(run.signal));
}

function startAll(
  steps: readonly AnyStep[],
  lookout: Lookout,
  input: unknown,
  run: Run,
): ReadonlyMap<string, Promise<Gathered>> {
  const gathering = new Map<string, Promise<Gathered>>();
  const timer = () => run.ports.clock.now();
  for (const step of steps) {
    const start = async (): Promise<Gathered> => {
      const earlier: Record<string, Gathered> = {};
      for (const id of step.after) {
        const done = await gathering.get(id);
        if (done) earlier[id] = done;
      }
      run.observer?.begin(step.id);
      return gather(step, lookout, input, earlier, timer, run.onBug ?? (() => undefined));
    };
    gathering.set(step.id, start());
  }
  return gathering;
}

async function judgeAll(
  runbook: Runbook,
  gathering: ReadonlyMap<string, Promise<Gathered>>,
  input: unknown,
  run: Run,
): Promise<readonly StepResult[]> {
  const records: StepResult[] = [];
  const sofar: Sofar = { gathered: {}, told: new Map() };
  const stoppedBy = new Map<string, string>();
  for (const step of runbook.steps) {
    const { id } = step.of ?? runbook.head;
    const by = stoppedBy.get(id);
    const record =
      by === undefined
        ? await judgeOne(step, gathering, runbook, input, sofar, run)
        : skippedRecord(step, `answered by "${by}"`);
    if ('stops' in record && record.stops) stoppedBy.set(id, step.asks);
    records.push(record);
    const said = record.said.map((one) => one.id);
    sofar.told.set(id, [...(sofar.told.get(id) ?? []), ...said]);
    run.observer?.end(stepRecord(record, runbook.head.id));
  }
  return records;
}

/** Of the steps that are judged: what each gathered, and the ids of what was found. */
/** What was gathered, and by runbook which findings were told. */
type Sofar = {
  readonly gathered: Record<string, Gathered>;
  readonly told: Map<string, readonly string[]>;
};

async function judgeOne(
  step: AnyStep,
  gathering: ReadonlyMap<string, Promise<Gathered>>,
  runbook: Runbook,
  input: unknown,
  sofar: Sofar,
  run: Run,
): Promise<StepResult & { readonly stops?: boolean }> {
  const gathered = await gathering.get(step.id);
  if (!gathered) return skippedRecord(step, 'it was never started');
  const { inherited } = gathered;
  sofar.gathered[step.id] = gathered;
  if (gathered.state === 'skipped') {
    return { ...skippedRecord(step, gathered.because ?? ''), gathered, inherited };
  }
  if (gathered.state === 'failed')
    return { step, gathered, said: [], gaps: gathered.gaps, inherited };
  const onBug = run.onBug ?? (() => undefined);
  const { findings, id } = step.of ?? runbook.head;
  const told = sofar.told.get(id) ?? [];
  const judged = judge(step, gathered, findings, input, sofar.gathered, told, onBug);
  const gaps = judged.bug ? [...gathered.gaps, judged.bug] : gathered.gaps;
  // Who reads this step later builds on what it was judged by, too.
  sofar.gathered[step.id] = { ...gathered, gaps, inherited: judged.inherited };
  const { bug: _, ...rest } = judged;
  return { step, gathered, ...rest, gaps };
}

function cutBy(signal: AbortSignal): 'interrupted' | 'timed-out' | undefined {
  if (!signal.aborted) return undefined;
  return isTimeout(signal) ? 'timed-out' : 'interrupted';
}

/** Aborts the controller with the outer signal; both live as long as the run. */
function linked(outer: AbortSignal, inner: AbortController): AbortSignal {
  if (outer.aborted) inner.abort(outer.reason);
  else outer.addEventListener('abort', () => inner.abort(outer.reason), { once: true });
  return inner.signal;
}

/** Of the steps that were judged: what others would have found by then depends on who answered first. */
function versionsOf(
  header: Header,
  results: readonly StepResult[],
): Readonly<Record<string, string>> {
  const all = [header.about.versions, ...results.map((result) => result.gathered.versions)];
  const merged = Object.entries(Object.assign({}, ...all) as Record<string, string>);
  return Object.fromEntries(merged.sort(([a], [b]) => (a < b ? -1 : 1)));
}
