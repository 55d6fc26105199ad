// The memory of one run: how much may be read at one time, and how much all its answers may take.
import { inMiB, limits } from '../core/limits.ts';
import { failed, type Failure } from '../core/ports.ts';

/** Begins the sentence of every answer that is not read for its size. */
const TOO_LARGE = 'too large: ';

/** `known` is the size in bytes where the sender said it. */
export function tooLarge(limit: number, known?: number): Failure {
  const size =
    known === undefined
      ? `more than ${inMiB(limit)}`
      : `${inMiB(known)}, and at most ${inMiB(limit)} are read`;
  return failed('unreadable', `${TOO_LARGE}${size}`);
}

/** Whether asking for less at a time can help. */
export function isTooLarge(reply: Failure): boolean {
  return reply.detail.startsWith(TOO_LARGE);
}

export class Budget {
  #reading = 0;
  #held = 0;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  /**
   * Waits until so many bytes may be read, in the order of asking; false when the signal aborts first. Who has
   * a place needs no second one, so nobody waits for ever.
   */
  reserve(bytes: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#reading += bytes;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const place = {
        bytes,
        enter: () => {
          signal.removeEventListener('abort', leave);
          this.#reading += bytes;
          resolve(true);
        },
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        this.#admit();
        resolve(false);
      };
      this.#waiting.push(place);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  release(bytes: number): void {
    this.#reading -= bytes;
    this.#admit();
  }

  /** Counts what an answer takes from now to the end of the run, or says that it is too much. */
  hold(bytes: number): Failure | undefined {
    if (this.#held + bytes > limits.run)
      return failed(
        'unreadable',
        `${TOO_LARGE}with it the answers of this run take more than ${inMiB(limits.run)}`,
      );
    this.#held += bytes;
    return undefined;
  }

  /** What was counted and is not kept after all. */
  drop(bytes: number): void {
    this.#held -= bytes;
  }

  /** A new run begins; the answers of the one before are forgotten. */
  renew(): void {
    this.#held = 0;
  }

  #fits(bytes: number): boolean {
    return this.#reading === 0 || this.#reading + bytes <= limits.inFlight;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.enter();
    }
  }
}

/** Bytes of each value beside its text: V8's objects, slots and string headers, rounded up. */
const VALUE = 32;

/** About how many bytes a value from JSON takes in memory. */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return VALUE + value.length;
  if (typeof value !== 'object' || value === null) return VALUE;
  let sum = VALUE;
  if (Array.isArray(value)) for (const item of value as unknown[]) sum += weigh(item);
  else for (const [key, item] of Object.entries(value)) sum += key.length + weigh(item);
  return sum;
}
