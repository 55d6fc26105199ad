// Each question denied in turn: whatever may not be asked is named, or was not needed.
import { describe, expect, test } from 'vitest';
import { mendedFaults, unknownFaults } from '../helpers/known-faults.ts';
import { asked, run } from '../helpers/scenarios.ts';
import { denied, sample } from '../helpers/twists.ts';
import { all, faults, findings, isHealthy, newGaps, original, ruledOutUnread } from './shared.ts';
import { runsAll, shareOfEach } from '../helpers/share.ts';

describe('denial', () => {
  test.each(shareOfEach(all, 10, 4))(
    '$name: whatever may not be asked is named, or not needed',
    async (scenario) => {
      const before = await original(scenario.name);
      const wrong: string[] = [];
      for (const key of sample([...asked(before).keys()], 60)) {
        const after = await run(scenario.name, scenario.saved, { raw: denied(key) });
        wrong.push(...faults(before, after).map((fault) => `without "${key}": ${fault}`));
        if (!after.diagnosed.ok) continue;
        wrong.push(...ruledOutUnread(before, after).map((fault) => `without "${key}": ${fault}`));
        const named = newGaps(before, after).length > 0;
        if (named && isHealthy(after)) wrong.push(`without "${key}": healthy`);
        const same = JSON.stringify(findings(before)) === JSON.stringify(findings(after));
        if (!named && !same)
          wrong.push(`without "${key}": other findings, and no gap that says why`);
      }
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );
});

// Here, for it is this sweep that finds it in every scenario it stands in.
if (runsAll)
  test('no known fault has been mended', () => {
    expect(mendedFaults()).toEqual([]);
  });
