// Who answers first, and a replay of a replay: neither changes the ticket.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Case } from '../../src/snapshot/case.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import { writeCase } from '../../src/snapshot/save.ts';
import { record, type Recorder } from '../../src/snapshot/record.ts';
import { unknownFaults } from '../helpers/known-faults.ts';
import { printed, run, type Scenario } from '../helpers/scenarios.ts';
import { shuffled } from '../helpers/twists.ts';
import { all, differences, headOf, original } from './shared.ts';
import { shareOfEach } from '../helpers/share.ts';

describe('order', () => {
  test.each(shareOfEach(all, 8, 2))(
    '$name: the ticket does not depend on who answers first',
    async (scenario) => {
      const ticket = await printed(await original(scenario.name));
      const wrong: string[] = [];
      // Neighbours are shuffled otherwise.
      const seed = all.indexOf(scenario) % 2 === 0 ? 7 : 42;
      const after = await run(scenario.name, scenario.saved, { safe: shuffled(seed) });
      wrong.push(...differences(ticket, await printed(after)).map((d) => `seed ${seed}: ${d}`));
      expect(unknownFaults(wrong)).toEqual([]);
    },
  );

  test('and a ticket that differs is seen', () => {
    expect(differences('a\nb', 'a\nc')).toEqual(['"b" became "c"']);
  });
});

describe('recording', () => {
  /** By way of a folder, which takes as long as all else; the neighbours' are read by scenarios.test.ts. */
  const byFolder = (scenario: Scenario) => all.indexOf(scenario) % 2 === 1;

  test.each(shareOfEach(all, 10, 3))(
    '$name: a replay, saved and replayed, is the same',
    async (scenario) => {
      const { name, saved } = scenario;
      const work = await mkdtemp(join(tmpdir(), 'meshdoc-test-'));
      try {
        let recorder: Recorder | undefined;
        const first = await run(name, saved, {
          safe: (ask) => {
            recorder = record(ask);
            return recorder.ask;
          },
        });
        const again = recorder?.finish(headOf(saved));
        if (!again) throw new Error('nothing was recorded');
        const kept = byFolder(scenario) ? await throughFolder(join(work, 'case'), again) : again;
        const second = await run(name, kept);
        const wrong = differences(await printed(first), await printed(second));
        expect(unknownFaults(wrong)).toEqual([]);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  );
});

async function throughFolder(dir: string, saved: Case): Promise<Case> {
  await writeCase(dir, saved);
  const read = await readCase(dir);
  if (!read.ok) throw new Error(read.says);
  return read.value;
}
