// Exit codes, and the errors that are the user's to mend.
import type { Why } from '../core/answer.ts';
import type { Diagnosis } from '../core/diagnosis.ts';

export const exitCodes = {
  healthy: 0,
  failed: 1,
  usage: 2,
  found: 3,
  inconclusive: 4,
  unreachable: 5,
  /** The terminal was lost: 128 and SIGHUP, as shells say it. */
  hungUp: 129,
  interrupted: 130,
  /** SIGTERM, likewise. */
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What stops a command before it has a result: one line, and the code it ends with. */
export type Refusal = {
  readonly code: ExitCode;
  readonly says: string;
  /** When it was a question without an answer. */
  readonly why?: Why;
};

export function refusal(code: ExitCode, says: string, why?: Why): Refusal {
  return { code, says, ...(why ? { why } : {}) };
}

/** Names what finds out why. */
export function unreachableCluster(says: string, why?: Why): Refusal {
  return refusal(exitCodes.unreachable, `${says}; meshdoc doctor shows what is in the way`, why);
}

/**
 * The worst of several: found, then inconclusive, then healthy. A warning is no fault, unless it is asked to be one. A
 * run cut short by a person is 130.
 */
export function exitCodeOf(diagnoses: readonly Diagnosis[], failOn?: 'warning'): ExitCode {
  if (diagnoses.some((d) => d.about.cut === 'interrupted')) return exitCodes.interrupted;
  if (diagnoses.some((d) => d.verdict === 'cause-found' || d.verdict === failOn))
    return exitCodes.found;
  const open = diagnoses.some((d) => d.verdict === 'inconclusive');
  return open ? exitCodes.inconclusive : exitCodes.healthy;
}
