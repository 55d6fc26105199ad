// Small readers for loose JSON: a field that is absent or of another shape is `undefined` or empty, and
// nothing here throws.
import type { Labels } from './labels.ts';

export type Loose = Readonly<Record<string, unknown>>;

export function record(value: unknown): Loose | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Loose)
    : undefined;
}

/** The object under a key, empty when there is none. */
export function part(value: unknown, key: string): Loose {
  return record(record(value)?.[key]) ?? {};
}

/** The elements under a key that are objects, with the index they have in the list. */
export function items(value: unknown, key: string): readonly { at: number; is: Loose }[] {
  const list = record(value)?.[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((element: unknown, at) => {
    const is = record(element);
    return is ? [{ at, is }] : [];
  });
}

/** The elements under a key that are strings. */
export function strings(value: unknown, key: string): readonly string[] {
  const list = record(value)?.[key];
  if (!Array.isArray(list)) return [];
  return list.filter((element: unknown): element is string => typeof element === 'string');
}

export function text(value: unknown, key: string): string | undefined {
  const found = record(value)?.[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function number(value: unknown, key: string): number | undefined {
  const found = record(value)?.[key];
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** The pairs under a key whose values are strings. */
export function labels(value: unknown, key: string): Labels {
  const pairs = Object.entries(part(value, key)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return Object.fromEntries(pairs);
}

/** Whether a field holds anything: not absent, not null, not an empty object or list. */
export function filled(value: unknown, key: string): boolean {
  const found = record(value)?.[key];
  if (found === undefined || found === null || found === '') return false;
  if (Array.isArray(found)) return found.length > 0;
  return record(found) === undefined || Object.keys(found).length > 0;
}
