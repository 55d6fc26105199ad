// Each answer cut in half, replaced by HTML or emptied; each kind of object in odd shapes.
import { describe, expect, test } from 'vitest';
import { unknownFaults } from '../helpers/known-faults.ts';
import { run } from '../helpers/scenarios.ts';
import { garbage, sample, withBody, withOddObjects } from '../helpers/twists.ts';
import { all, faults, original } from './shared.ts';
import { shareOfEach } from '../helpers/share.ts';

describe('garbage', () => {
  // "No clients", "no messages": some pages answer with these, and then there is less to find.
  const empty = new Set(['{}', '[]', 'null']);

  test.each(shareOfEach(all, 10))(
    '$name: an answer that is none is unreadable',
    async (scenario) => {
      const { saved, name } = scenario;
      const before = await original(name);
      const wrong: string[] = [];
      // What one scenario leaves out, its neighbour asks.
      const indexes = sample([...saved.answers.keys()], 3, all.indexOf(scenario));
      for (const [what, change] of Object.entries(garbage)) {
        for (const i of indexes) {
          const after = await run(name, withBody(saved, i, change));
          const body = saved.answers[i]?.body ?? '';
          // Any text is a log; and half a table of a tool is a table too.
          if (saved.answers[i]?.status === 'lines') {
            wrong.push(...after.bugs.map((bug) => `${what} for a log: ${String(bug)}`));
            continue;
          }
          const fewerIsFine = empty.has(what) || (what === 'its first half' && /^NAME/.test(body));
          const where = `${what} for "${saved.answers[i]?.question ?? ''}"`;
          wrong.push(...faults(before, after, fewerIsFine).map((fault) => `${where}: ${fault}`));
        }
      }
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );

  test.each(shareOfEach(all, 10, 1))(
    '$name: objects of odd shapes break no step',
    async ({ name, saved }) => {
      for (const kind of new Set(saved.objects.map((object) => object.kind))) {
        const after = await run(name, withOddObjects(saved, kind));
        expect(after.bugs, kind).toEqual([]);
      }
    },
  );
});
