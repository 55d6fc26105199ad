// What a runbook asks of its user. The command line turns words into these values before the first step.
import type { PodRef } from './refs.ts';

export type InputSpec = { readonly type: 'pod'; readonly says: string };

/** The mesh to look at: where its control plane lives, and which revision, when the user chose one. */
export type MeshChoice = { readonly root: string; readonly revision: string | undefined };

export type InputValues<I extends Readonly<Record<string, InputSpec>>> = {
  readonly [K in keyof I]: I[K]['type'] extends 'pod' ? PodRef : never;
} & MeshChoice;

export const input = {
  /** One pod; a person may also name its workload, or write `pod.namespace`. */
  pod: (says: string) => ({ type: 'pod', says }) as const,
};
