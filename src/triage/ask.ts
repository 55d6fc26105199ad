// What a session asked, and what came of it.
import type { Diagnosis } from '../core/diagnosis.ts';

/** A runbook and the words for it, as on a command line. */
export type Ask = {
  readonly runbook: string;
  readonly words: readonly string[];
  /** The same about the workload, for when the pod has been replaced. */
  readonly fallback?: readonly string[];
};

export type Run = {
  /** The folder of its case in the session: `01-stale-shop-web`. */
  readonly name: string;
  readonly ask: Ask;
  readonly diagnoses: readonly Diagnosis[];
  /** Its case is on disk. */
  readonly kept: boolean;
};

export type Note = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly says: string;
};

export function askKey({ runbook, words }: Ask): string {
  return [runbook, ...words].join(' ');
}
