// What a run tells its user while it works: one status line on a terminal, one line a step elsewhere.
import type { Ora } from 'ora';
import type { StepRecord } from '../core/diagnosis.ts';
import { oneLine } from './plain.ts';
import { took } from './words.ts';

export interface Progress {
  start(runbook: string, steps: readonly { readonly id: string; readonly asks: string }[]): void;
  begin(id: string): void;
  end(step: StepRecord): void;
  /** Leaves the stream as it was found; safe to call more than once. */
  stop(): void;
}

export type ProgressOptions = {
  readonly stream: NodeJS.WritableStream;
  /** Decided by the caller, who knows the terminal and the flags. */
  readonly kind: 'spinner' | 'lines' | 'quiet';
  readonly color: boolean;
};

export function liveProgress({ stream, kind, color }: ProgressOptions): Progress {
  if (kind === 'spinner') return spinner(stream, color);
  return kind === 'lines' ? lines(stream) : quiet;
}

const nothing = (): void => undefined;
const quiet: Progress = { start: nothing, begin: nothing, end: nothing, stop: nothing };

function lines(stream: NodeJS.WritableStream): Progress {
  return {
    ...quiet,
    start: (runbook, steps) => void stream.write(`${runbook}: ${steps.length} questions\n`),
    end: (step) => {
      const ms = took(step.ms).padStart(8);
      stream.write(`${ms}  ${oneLine(step.asks)}  ${outcomeSays(step)}\n`);
    },
  };
}

function outcomeSays({ outcome }: StepRecord): string {
  if (outcome.is === 'found') return outcome.codes.join(', ');
  if (outcome.is === 'could-not-check') return 'could not check';
  return outcome.is === 'skipped' ? `not needed: ${oneLine(outcome.because)}` : 'clear';
}

/** Ora arrives a moment later than the first step; a run that ends before it never shows a spinner. */
function spinner(stream: NodeJS.WritableStream, color: boolean): Progress {
  let asks = new Map<string, string>();
  let open: string[] = [];
  let done = 0;
  let ora: Ora | undefined;
  let asked = false;
  let stopped = false;
  const says = () => {
    const now = asks.get(open.at(-1) ?? '') ?? 'Putting the answers together';
    return `${Math.min(done + 1, Math.max(1, asks.size))}/${asks.size} ${now}`;
  };
  const show = () => {
    if (ora) ora.text = says();
  };
  /** Once: of two on one stream each would draw again at what the other wrote, for ever. */
  const load = async () => {
    if (asked) return;
    asked = true;
    const { default: create } = await import('ora');
    // Raw mode would take Ctrl-C away from the signal handler that prints the partial result.
    const options = { stream, isEnabled: true, discardStdin: false } as const;
    if (!stopped) ora = create({ ...options, text: says(), color: color ? 'cyan' : false }).start();
  };
  return {
    start: (_, steps) => {
      asks = new Map(steps.map((step) => [step.id, oneLine(step.asks)]));
      done = 0;
      // A spinner that cannot load is no reason to fail a diagnosis.
      load().catch(nothing);
    },
    begin: (id) => {
      open.push(id);
      show();
    },
    end: (step) => {
      open = open.filter((id) => id !== step.id);
      done += 1;
      show();
    },
    stop: () => {
      stopped = true;
      ora?.stop();
    },
  };
}
