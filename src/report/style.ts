// How a report may look. Decided once by the caller: a report asks neither the terminal nor the environment.
import type { Diagnosis } from '../core/diagnosis.ts';

export type Style = {
  readonly color: boolean;
  /** Columns prose is wrapped at. Commands are never wrapped. */
  readonly width: number;
  /** Rows that one screen has; what is no terminal has those of an ordinary one. */
  readonly height: number;
  /** False keeps our own marks within ASCII. */
  readonly unicode: boolean;
  /** In a session nobody types a flag. */
  readonly within?: 'session';
  /** Every piece of evidence, every line, every step. */
  readonly verbose: boolean;
};

/** What a person noted in a session. */
export type Noted = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly says: string;
};

/** One format: pure, so that the same diagnosis always gives the same text. */
export type Report = (
  diagnoses: readonly Diagnosis[],
  style: Style,
  notes?: readonly Noted[],
) => string;
