// Keeps a diagnosis from becoming the next incident: so many requests to one API server and so many
// subprocesses at a time.
import { isTimeout } from '../core/deadline.ts';
import { failed, type Ask } from '../core/ports.ts';

export type Limits = { readonly cluster: number; readonly tools: number };

/** Waiting for a place obeys the asker's signal, so a full queue can never outlive its deadline. */
export function limit(ask: Ask, limits: Limits): Ask {
  const cluster = places(limits.cluster);
  const tools = places(limits.tools);
  return async (question, signal) => {
    const free = await (question.ask === 'tool' ? tools : cluster)(signal);
    if (!free) {
      return isTimeout(signal)
        ? failed('timed-out', 'the deadline passed before it could be asked')
        : failed('interrupted', 'stopped before it could be asked');
    }
    try {
      return await ask(question, signal);
    } finally {
      free();
    }
  };
}

type Free = () => void;

function places(total: number): (signal: AbortSignal) => Promise<Free | undefined> {
  let free = total;
  const waiting: (() => void)[] = [];
  const give = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return (signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      if (free > 0) {
        free -= 1;
        return resolve(give);
      }
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(give);
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        resolve(undefined);
      };
      waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
}
