// Long work in steps, so that a deadline and Ctrl-C hold while a large answer is guarded. A generator yields wherever
// it can stop; who drives it decides whether it does.

/** Work that can stop at each `yield`. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Long enough that stopping costs nothing, short enough that nobody notices. */
const sliceMs = 20;

/** All of it at once. */
export function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** So many steps are a small answer's: a fraction of a second. */
const SMALL = 64;

/** All of a small answer, whatever else the machine does: what is asked next must not depend on that. */
export function theSmall<T>(steps: Steps<T>): { readonly value: T } | undefined {
  for (let n = 0; n < SMALL; n++) {
    const step = steps.next();
    if (step.done) return { value: step.value };
  }
  return undefined;
}

/** Some milliseconds of it; `undefined` when there is more to do. */
export function forAWhile<T>(steps: Steps<T>): { readonly value: T } | undefined {
  const until = performance.now() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done) return { value: step.value };
    if (performance.now() >= until) return undefined;
  }
}

let line: Promise<void> = Promise.resolve();

/** Until timers and sockets had their turn. Who waits at the same time goes on one after another, each after such a turn. */
export function breath(): Promise<void> {
  line = line.then(
    () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
  );
  return line;
}
