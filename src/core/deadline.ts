// A deadline for one piece of work, within the caller's own.

/** A deadline that never comes. */
export const noLimit = 0;

/**
 * Runs `work` under a signal that aborts with any of `outers`, or after `ms` milliseconds with a `TimeoutError`
 * (`noLimit`: never). Not `AbortSignal.any`: on Node 20 it holds its sources weakly, so a timeout nobody else
 * holds may be collected before it fires (nodejs/node#54614).
 */
export async function bounded<T>(
  ms: number,
  outers: AbortSignal | readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const all = outers instanceof AbortSignal ? [outers] : outers;
  const passOn = (event: Event): void => {
    inner.abort((event.target as AbortSignal).reason);
  };
  const timer =
    ms === noLimit
      ? undefined
      : setTimeout(() => {
          inner.abort(timeoutError());
        }, ms);
  for (const outer of all) {
    if (outer.aborted) inner.abort(outer.reason);
    else outer.addEventListener('abort', passOn, { once: true });
  }
  try {
    return await work(inner.signal);
  } finally {
    clearTimeout(timer);
    for (const outer of all) outer.removeEventListener('abort', passOn);
  }
}

export function timeoutError(): Error {
  return new DOMException('the deadline passed', 'TimeoutError');
}

/** Whether it was the clock, and not a person, that ended it. */
export function isTimeout(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === 'TimeoutError';
}

const graceMs = 250;

/**
 * `work`, or `late()` a little after the signal has aborted: work that ignores its signal must not hang the run.
 * The work itself continues, and its result is dropped.
 */
export function orElse<T>(work: Promise<T>, signal: AbortSignal, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const answer = (): void => {
      setTimeout(() => {
        resolve(late());
      }, graceMs).unref();
    };
    if (signal.aborted) answer();
    else signal.addEventListener('abort', answer, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', answer);
    });
  });
}
