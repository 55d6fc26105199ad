// What is said of a fault of meshdoc's own.
import { createRedact } from '../guard/redact.ts';

/** One line; with `--debug` the stack behind it, without what the guard's rules for text take for a secret. */
export function failureLines(error: unknown, debug: boolean): readonly string[] {
  const says = 'meshdoc: failed, and the fault is its own';
  return debug ? [says, ...stackLines(error)] : [`${says}; run again with --debug and report it`];
}

export function stackLines(error: unknown): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return createRedact().text(stack).split('\n');
}
