// How much of a tree there is to walk, as far as that matters.
import type { Json } from '../core/object.ts';

/** Walked without a stop: a few milliseconds. */
export const LIGHT = 1000;
/** Characters of a string that take as long as one value. */
const CHARACTERS = 100;

/** The weight of what is at most `LIGHT`; something above that of what is more, however much more it is. */
export function weigh(value: Json, most = LIGHT): number {
  if (typeof value === 'string') return 1 + value.length / CHARACTERS;
  if (value === null || typeof value !== 'object') return 1;
  let weight = 1;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      weight += weigh(item, most - weight);
      if (weight > most) break;
    }
    return weight;
  }
  const map = value as { readonly [key: string]: Json };
  for (const key in map) {
    weight += weigh(map[key] ?? null, most - weight) + key.length / CHARACTERS;
    if (weight > most) break;
  }
  return weight;
}

/** Says when enough light values were done to stop for a moment. */
export function createPace(): (weight: number) => boolean {
  let done = 0;
  return (weight) => {
    done += weight;
    if (done < LIGHT) return false;
    done = 0;
    return true;
  };
}
