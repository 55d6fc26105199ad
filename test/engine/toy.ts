// A runbook about nothing, and ports that answer as a test wants: the engine alone is under test.
import { kubectl } from '../../src/core/command.ts';
import { fact, type Fact } from '../../src/core/fact.ts';
import type { Clock, Ports } from '../../src/core/ports.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { answered } from '../../src/core/ports.ts';
import type { Runbook } from '../../src/core/runbook.ts';
import { diagnose, type Run } from '../../src/engine/diagnose.ts';

export const clock: Clock = { now: () => 1_800_000_000_000, sleep: () => Promise.resolve() };
export const ports: Ports = {
  ask: () => Promise.resolve(answered(undefined as never)),
  clock,
};

export type Word = { readonly word: string };

/** A fact whose value is what `fetch` makes of its argument. */
export function wordFact(
  name: string,
  fetch: Fact<Word, string>['fetch'],
  timeoutMs = 1000,
): Fact<Word, string> {
  return fact({
    name,
    asks: ({ word }) => `the word ${word}`,
    byHand: ({ word }) => kubectl`get ${word}`,
    needs: [],
    timeoutMs,
    fetch,
    show: (value) => [value],
  });
}

export const echo = wordFact('toy/echo', (_, { word }) =>
  Promise.resolve({ ok: true, value: word }),
);

export function about(): Diagnosis['about'] {
  return {
    meshdoc: '0.0.0',
    started: '2027-01-15T08:00:00Z',
    tookMs: 0,
    reach: {},
    versions: {},
    source: { is: 'live' },
  };
}

const never = new AbortController().signal;

export function diagnoseToy(runbook: Runbook, run: Partial<Run> = {}): Promise<Diagnosis> {
  const header = { target: 'x', input: {}, about: about() };
  return diagnose(runbook, {}, header, { ports, signal: never, ...run });
}

export const head = {
  id: 'toy',
  title: 'Toy',
  symptom: 'none',
  input: {},
} as const;

/** A promise that is settled from outside. */
export function latch<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
