// Deadlines: one request's own, inside whatever its caller allows.
import { setMaxListeners } from 'node:events';
import type { Failure } from './failure.ts';

/**
 * Runs `work` under a signal that aborts with any of `outers`, or after `ms` milliseconds (0: no limit).
 * Not `AbortSignal.any`: on Node 20 it holds its sources weakly, so a timeout nobody else holds may be
 * collected before it fires (nodejs/node#54614).
 */
export async function bounded<T>(
  outers: readonly AbortSignal[],
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const passOn = (event: Event): void => {
    inner.abort((event.target as AbortSignal).reason);
  };
  const timer =
    ms > 0
      ? setTimeout(() => {
          inner.abort(timeoutError());
        }, ms)
      : undefined;
  // Dozens of questions share a run's signal; Node would warn on stderr from the eleventh on.
  setMaxListeners(0, inner.signal, ...outers);
  for (const outer of outers) {
    if (outer.aborted) inner.abort(outer.reason);
    else outer.addEventListener('abort', passOn, { once: true });
  }
  try {
    return await work(inner.signal);
  } finally {
    clearTimeout(timer);
    for (const outer of outers) outer.removeEventListener('abort', passOn);
  }
}

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
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? { ok: false, why: 'timed-out', detail: 'no answer before the deadline' }
    : { ok: false, why: 'interrupted', detail: 'stopped before the answer came' };
}

function timeoutError(): Error {
  return new DOMException('deadline', 'TimeoutError');
}
