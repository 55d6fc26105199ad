// What a runbook asks of its user. The command line turns words into these values before the first step.
import type { PodRef } from './refs.ts';

export type InputSpec = { readonly type: 'pod'; readonly says: string };

export type InputValues<I extends Readonly<Record<string, InputSpec>>> = {
  readonly [K in keyof I]: I[K]['type'] extends 'pod' ? PodRef : never;
};

export const input = {
  /** One pod; a person may also name its workload, or write `pod.namespace`. */
  pod: (says: string) => ({ type: 'pod', says }) as const,
};
