// What the words of a command line come to: the diagnoses to make.
import type { Ports } from '../core/ports.ts';
import type { Refusal } from './exit.ts';

/** One diagnosis to make. */
export type Aim = {
  /** As a report shows it. */
  readonly target: string;
  /** As a person types it again: also what a saved case keeps. */
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
};
export type Aims =
  | { readonly ok: true; readonly aims: readonly Aim[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type Where = {
  readonly ports: Ports;
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** The runbook, for the one who is told what it needs. */
  readonly id: string;
};

/** More pods of one workload than this are not diagnosed one by one: they are made from one template. */
export const mostPods = 10;
