// What a request that was not waited for comes to.
import { isTimeout } from '../core/deadline.ts';
import type { Failure } from '../core/ports.ts';

/** `promise`, or the failure that says why it was not waited for. The promise itself goes on. */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | Failure> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<Failure>((resolve) => {
    stop = () => {
      resolve(cutShort(signal));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Whether it was the clock or a person that ended it. */
export function cutShort(signal: AbortSignal): Failure {
  return isTimeout(signal)
    ? { ok: false, why: 'timed-out', detail: 'no answer before the deadline' }
    : { ok: false, why: 'interrupted', detail: 'stopped before the answer came' };
}
