// The real time.
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    // Rejects only when the signal aborts, and a sleep that is cut short is no error.
    await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
