// Tolerant reads of loose JSON: a field that is missing or of another shape reads as absent, so an odd
// object costs one detail and never the diagnosis.
import type { JsonObject, Json } from '../../core/object.ts';

type Path = readonly (string | number)[];

/** The value at a path, or `undefined`. */
export function at(value: unknown, ...path: Path): unknown {
  let here: unknown = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

export function text(value: unknown, ...path: Path): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function number(value: unknown, ...path: Path): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function flag(value: unknown, ...path: Path): boolean | undefined {
  const found = at(value, ...path);
  return typeof found === 'boolean' ? found : undefined;
}

export function list(value: unknown, ...path: Path): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

export function texts(value: unknown, ...path: Path): readonly string[] {
  return list(value, ...path).filter((item): item is string => typeof item === 'string');
}

export function record(value: unknown, ...path: Path): JsonObject {
  const found = at(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found)
    ? (found as JsonObject)
    : {};
}

/** String values of a map: labels, annotations, selectors. */
export function labelsAt(value: unknown, ...path: Path): Readonly<Record<string, string>> {
  const pairs = Object.entries(record(value, ...path));
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** Parsed JSON, or `undefined` when it is not JSON. */
export function parseJson(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch of an RFC 3339 time, or `undefined`. */
export function time(value: string | undefined): number | undefined {
  const ms = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}
