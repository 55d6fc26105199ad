// Diagnoses again and again until the verdict changes, or until it is healthy. One run ends before the next begins,
// and each asks everything anew: nothing is remembered between them but what they came to.
import { stem } from '../compare/target.ts';
import { isHealthy, type Diagnosis } from '../core/diagnosis.ts';
import type { Clock } from '../core/ports.ts';
import { exitCodes, type Refusal } from './exit.ts';

export type Round =
  | { readonly ok: true; readonly diagnoses: readonly Diagnosis[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type Until = 'changed' | 'healthy';

export type Watch = {
  readonly until: Until;
  /** From the end of one run to the beginning of the next, milliseconds. */
  readonly intervalMs: number;
  /** Of all runs together, milliseconds; `Infinity` for none. */
  readonly limitMs: number;
  /** One run; `leftMs` is what the limit leaves for it. */
  readonly once: (leftMs: number) => Promise<Round>;
  readonly clock: Clock;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Told after each run. */
  readonly tell: (round: Round, number: number) => void;
};

export type Watched =
  | {
      readonly end: 'changed' | 'healthy' | 'time' | 'interrupted';
      /** The first run that was answered, and the last. */
      readonly first: readonly Diagnosis[];
      readonly last: readonly Diagnosis[];
      readonly rounds: number;
      /** How many of the last runs, one after another, found no fault. */
      readonly healthy: number;
    }
  | { readonly end: 'refused'; readonly refusal: Refusal };

/** A mesh that flaps is healthy now and then: it must be so in this many runs, one after another. */
const healthyRuns = 2;

export async function watch(w: Watch): Promise<Watched> {
  const ends = w.clock.now() + w.limitMs;
  let first: readonly Diagnosis[] | undefined;
  let last: readonly Diagnosis[] = [];
  let healthy = 0;
  const stopped = () => w.interrupt.aborted;
  for (let rounds = 1; ; rounds += 1) {
    const round = await w.once(ends - w.clock.now());
    if (!round.ok && (first === undefined || isFinal(round.refusal, w.until))) {
      return { end: 'refused', refusal: round.refusal };
    }
    const done = (end: Exclude<Watched['end'], 'refused'>): Watched => ({
      ...{ end, first: first ?? last, last, rounds, healthy },
    });
    if (round.ok && (first === undefined || !isCut(round.diagnoses))) last = round.diagnoses;
    if (stopped()) return done('interrupted');
    first ??= last;
    w.tell(round, rounds);
    healthy = round.ok && isHealthy(round.diagnoses) ? healthy + 1 : 0;
    if (w.until === 'healthy' && healthy >= healthyRuns) return done('healthy');
    if (w.until === 'changed' && signature(first) !== signature(last)) return done('changed');
    if (w.clock.now() + w.intervalMs >= ends) return done('time');
    await w.clock.sleep(w.intervalMs, w.interrupt);
    if (stopped()) return done('interrupted');
  }
}

/**
 * An API server that is away for a moment comes back. A pod that is gone is a change; who waits for health waits
 * for the one that takes its place.
 */
function isFinal(refusal: Refusal, until: Until): boolean {
  return until === 'changed' && refusal.code !== exitCodes.unreachable;
}

export function isCut(diagnoses: readonly Diagnosis[]): boolean {
  return diagnoses.some((d) => d.about.cut !== undefined);
}

/** Verdicts and findings without their figures; pods of one workload count as one. */
function signature(diagnoses: readonly Diagnosis[]): string {
  const lines = diagnoses.map((d) => {
    const findings = d.findings.map(({ code, sure }) => `${code}${sure ? '' : '?'}`).sort();
    return [d.runbook, stem(d.target), d.verdict, ...new Set(findings)].join(' ');
  });
  return [...new Set(lines)].sort().join('\n');
}
