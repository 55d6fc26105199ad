// What the words of a person come to: pods, or why not.
import type { Failure } from '../../core/ports.ts';
import type { PodRef } from '../../core/refs.ts';

export type Resolved =
  | {
      readonly is: 'pods';
      readonly pods: readonly PodRef[];
      readonly from: string;
      /** What was left out. */
      readonly note?: string;
    }
  /** The words name nothing, or too much: the user must correct them. */
  | { readonly is: 'usage'; readonly says: string }
  /** The cluster did not answer; `reply` says why. */
  | { readonly is: 'unanswered'; readonly reply: Failure; readonly asked: string };
