// A semaphore: so many at once, the rest in the order they came.
import type { Failure } from '../core/ports.ts';
import { cutShort } from './deadline.ts';

export type Limit = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T | Failure>;

/** `work` does not start once the signal has aborted. */
export function limitTo(places: number): Limit {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (signal, work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return signal.aborted ? cutShort(signal) : await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
