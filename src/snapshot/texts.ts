// A case as the texts of its files, wherever they came from: what belongs to one, and how large it may be.
import { inMiB, limits } from '../core/limits.ts';
import type { Unread } from '../disk/read.ts';

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly says: string };

export type CaseTexts = {
  readonly scenario: string;
  /** Absent in a case without objects. */
  readonly cluster: string | undefined;
  /** By the names of their files, in the order of those. */
  readonly answers: readonly (readonly [name: string, text: string])[];
};

export const scenarioName = 'scenario.yaml';
export const clusterName = 'cluster.yaml';
export const answersName = 'answers';

/** Bytes of the file at a path inside a case; `undefined` when no file there belongs to one. */
export function mostOf(path: readonly string[]): number | undefined {
  const [first = '', second, ...more] = path;
  if (more.length > 0) return undefined;
  if (second === undefined) {
    const files: Readonly<Record<string, number>> = {
      [scenarioName]: limits.files.head,
      [clusterName]: limits.files.objects,
    };
    return Object.hasOwn(files, first) ? files[first] : undefined;
  }
  // What a desktop leaves in a folder begins with a dot.
  return first === answersName && !second.startsWith('.') ? limits.files.answer : undefined;
}

/** Adds up; `says` is a clause about the case, when it is too much. */
export function counter(): { add(bytes: number): string | undefined } {
  let all = 0;
  return {
    add: (bytes) => {
      all += bytes;
      const most = limits.files.case;
      return all > most ? `is too large: a case has at most ${inMiB(most)}` : undefined;
    },
  };
}

export function unreadable({ says }: Unread): { readonly ok: false; readonly says: string } {
  return { ok: false, says };
}
