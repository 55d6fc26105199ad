// A question to the person, as data: what a prompt shows, and where each answer leads.
import type { Where } from './where.ts';

export type Option = {
  /** Unique in its question; it stays the same while a person types. */
  readonly key: string;
  readonly label: string;
  /** Shown beside the option under the cursor. */
  readonly hint?: string;
  readonly goes: Where;
};

export type Question =
  | {
      /** A list that follows what is typed. Never empty: Enter must lead somewhere. */
      readonly is: 'search';
      readonly says: string;
      /** Shown while nothing is typed. */
      readonly example: string;
      readonly options: (query: string) => readonly Option[];
      readonly back: Where;
    }
  | {
      readonly is: 'choose';
      readonly says: string;
      readonly options: readonly Option[];
      readonly back: Where;
    }
  | {
      readonly is: 'type';
      readonly says: string;
      readonly example: string;
      readonly goes: (text: string) => Where;
      /** Why what was typed is not accepted, in a line. */
      readonly check: (text: string) => string | undefined;
      readonly back: Where;
    };

/** What came back: a place to go, one step back (Escape), or out (Ctrl-C, a lost terminal). */
export type Answer =
  { readonly is: 'went'; readonly to: Where } | { readonly is: 'back' } | { readonly is: 'out' };
