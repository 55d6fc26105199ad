// Each question never answered, by an adapter that obeys its signal and by one that does not.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { unknownFaults } from '../helpers/known-faults.ts';
import { asked, run, type Ran } from '../helpers/scenarios.ts';
import { sample, silent } from '../helpers/twists.ts';
import { all, faults, original } from './shared.ts';
import { shareOfEach } from '../helpers/share.ts';

describe('silence', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const budgetMs = 61_000;

  /** Runs on a clock that is wound by hand; `undefined` when the run is not over in time. */
  async function within(start: () => Promise<Ran>): Promise<Ran | undefined> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let ran: Ran | undefined;
    let failure: unknown;
    start().then(
      (value) => {
        ran = value;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    for (let ms = 0; ms < budgetMs && !ran && failure === undefined; ms += 500)
      await vi.advanceTimersByTimeAsync(500);
    vi.useRealTimers();
    if (failure !== undefined) throw failure as Error;
    return ran;
  }

  test.each(shareOfEach(all, 6, 5))(
    '$name: a question that is never answered costs a gap',
    async (scenario) => {
      const before = await original(scenario.name);
      const wrong: string[] = [];
      const keys = [...asked(before).keys()];
      // Each kind of adapter with other questions: what one scenario leaves out, its neighbour asks.
      for (const [i, signals] of (['obeyed', 'ignored'] as const).entries()) {
        for (const key of sample(keys, 6, all.indexOf(scenario) + i)) {
          const twist = { raw: silent((k) => k === key, signals) };
          const after = await within(() => run(scenario.name, scenario.saved, twist));
          const where = `"${key}" hangs, signal ${signals}`;
          if (!after) wrong.push(`${where}: the run does not end`);
          else wrong.push(...faults(before, after).map((fault) => `${where}: ${fault}`));
        }
      }
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );

  test.each(['obeyed', 'ignored'] as const)(
    'a cluster that answers nothing ends the run in time (signal %s)',
    async (signals) => {
      const [scenario] = all;
      if (!scenario) throw new Error('no scenario');
      const twist = { raw: silent(() => true, signals) };
      const after = await within(() => run(scenario.name, scenario.saved, twist));
      const wrong = after ? [] : [`"everything" hangs, signal ${signals}: the run does not end`];
      expect(unknownFaults(wrong)).toEqual([]);
      if (after) expect(after.exit).toBe(5);
    },
  );
});
