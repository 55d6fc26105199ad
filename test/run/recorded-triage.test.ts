// A detector that is younger than a saved case of triage: it is left out, named, and changes nothing else.
import { describe, expect, test } from 'vitest';
import type { Runbook } from '../../src/core/runbook.ts';
import { detectorsOf } from '../../src/core/triage.ts';
import type { CaseFile } from '../../src/snapshot/case.ts';
import { printed, run, scenarios } from '../helpers/scenarios.ts';

const all = await scenarios();

/** A step as triage makes one, which asks for a node that no case holds. */
function withYounger(triage: Runbook): Runbook {
  const oom = triage.steps.find(({ id }) => id === 'oom');
  const node = { resource: { group: '', version: 'v1', plural: 'nodes', kind: 'Node' }, name: 'x' };
  const fact = {
    ...oom?.uses[0],
    name: 'younger',
    asks: () => 'the node x',
    fetch: (
      ports: { ask: (q: unknown, s: AbortSignal) => unknown },
      _: unknown,
      signal: AbortSignal,
    ) => ports.ask({ ask: 'get', ref: node }, signal),
  };
  const younger = {
    ...oom,
    id: 'younger',
    uses: [fact],
    when: undefined,
    after: [],
    gather: (look: (f: unknown, args: unknown) => Promise<unknown>) => look(fact, {}),
    judge: () => [],
  };
  return { ...triage, steps: [...triage.steps, younger as never] };
}

async function replayed(name: string, file: Partial<CaseFile> = {}) {
  const saved = all.find((one) => one.name === name)?.saved;
  if (!saved) throw new Error(`there is no ${name}`);
  const before = await run(name, saved);
  const changed = { ...saved, file: { ...saved.file, ...file } };
  const after = await run(name, changed, { runbook: withYounger });
  const notes = after.diagnosed.ok ? after.diagnosed.notes : [];
  return { before, after, notes, same: (await printed(before)) === (await printed(after)) };
}

/** Others may be younger, too. */
const note = /^not asked when this was recorded: (.* )?younger$/;

describe('a younger detector', () => {
  test.each(['triage/healthy', 'triage/oom-fits', 'triage/denied-exec', 'triage/two-meshes'])(
    '%s: is named and changes nothing',
    async (name) => {
      const { before, after, notes, same } = await replayed(name);
      expect(notes).toEqual([expect.stringMatching(note)]);
      expect(after.exit).toBe(before.exit);
      expect(after.missing).toEqual([]);
      expect(same).toBe(true);
    },
  );

  test('asks when the case knows it, and its question is missed', async () => {
    const { after, notes } = await replayed('triage/healthy', { detectors: ['younger', 'oom'] });
    expect(notes).toEqual([expect.stringContaining('injection')]);
    expect(notes.join()).not.toContain('younger');
    expect(after.missing).toEqual(['get nodes/x']);
    expect(after.exit).toBe(4);
  });

  test('asks when a case without a list is complete', async () => {
    const { after, notes } = await replayed('triage/healthy', { complete: true });
    expect(notes).toEqual([]);
    expect(after.questions).toContainEqual(
      expect.objectContaining({
        ask: 'get',
        ref: expect.objectContaining({ name: 'x' }) as unknown,
      }),
    );
  });

  test('is kept by the next case that is saved', async () => {
    const { before } = await replayed('triage/healthy');
    const head = before.diagnosed.ok ? before.diagnosed.head : undefined;
    expect(head?.detectors).toContain('stale');
    expect(head?.detectors).not.toContain('mesh');
    expect(detectorsOf({ head: {}, steps: [] } as never)).toEqual([]);
  });

  test('a case of another runbook keeps no list', async () => {
    const saved = all.find((one) => one.name === 'oom/healthy')?.saved;
    const ran = saved && (await run('oom/healthy', saved));
    expect(ran?.diagnosed.ok && 'detectors' in ran.diagnosed.head).toBe(false);
  });
});
