// What a session asks, and where each answer leads. No terminal: a question is data.
import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/triage/ask.ts';
import { afterAnswer, questionAt, type Asking } from '../../src/triage/questions.ts';
import type { Scene } from '../../src/triage/scene.ts';
import { run, scenarios } from '../helpers/scenarios.ts';
import { keysOf, optionsOf, pick, scene, web } from './scene.ts';

const all = await scenarios();

async function runOf(name: string): Promise<Run> {
  const found = all.find((s) => s.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  const { diagnoses } = await run(name, found.saved);
  const words = [found.saved.file.input['target'] ?? ''];
  return { name: '01', ask: { runbook: found.saved.file.runbook, words }, diagnoses, kept: true };
}

const at = (where: Asking, s: Scene = scene()) => questionAt(where, s);

describe('the first question', () => {
  test('nothing typed: what is in trouble first, then the symptoms of the meshes seen', () => {
    const keys = keysOf(at({ at: 'start' }));
    expect(keys[0]).toBe(`place ${web}`);
    expect(keys).toContain('symptom stale');
    expect(keys).not.toContain('symptom linkerd-policy');
    expect(keys.at(-1)).toBe('signs');
  });

  test('no mesh seen, which may be for want of a permission: all symptoms', () => {
    const keys = keysOf(at({ at: 'start' }, scene({ meshes: [] })));
    expect(keys).toContain('symptom linkerd-policy');
  });

  test('a symptom and a name share the box; a name that is typed comes first', () => {
    expect(keysOf(at({ at: 'start' }), '403 forbidden')[0]).toBe('symptom rbac');
    expect(keysOf(at({ at: 'start' }), 'cart')[0]).toBe('place shop/cart-6c9f-b2x4q');
  });

  test('Enter always leads somewhere', () => {
    for (const query of ['', 'xyzzy', '!!', 'shop/unseen-pod', '403']) {
      expect(keysOf(at({ at: 'start' }), query).length).toBeGreaterThan(0);
      expect(keysOf(at({ at: 'target', runbook: 'rbac' }), query).length).toBeGreaterThan(0);
    }
  });

  test('a name that was not seen can be asked about all the same', () => {
    expect(keysOf(at({ at: 'start' }), 'shop/unseen-pod')).toContain('typed shop/unseen-pod');
  });

  test('a saved case offers what it was recorded with', () => {
    const recorded = { runbook: 'stale', words: [web] };
    const goes = pick(at({ at: 'start' }, scene({ recorded })), 'recorded');
    expect(goes).toEqual({ at: 'doing', deed: { is: 'run', ask: recorded, until: 'once' } });
  });
});

describe('from a place or a symptom to a run', () => {
  test('a place in trouble: what its trouble sounds like comes right behind the signs', () => {
    const start = at({ at: 'start' });
    const chosen = pick(start, `place ${web}`) as Asking;
    expect(keysOf(at(chosen)).slice(0, 2)).toEqual(['signs', 'symptom oom']);
    expect(pick(at(chosen), 'symptom oom')).toMatchObject({
      deed: { ask: { runbook: 'oom', words: [web], fallback: ['deployment/web.shop'] } },
    });
  });

  test('a request is asked about from both ends', () => {
    const to = pick(at({ at: 'target', runbook: 'rbac' }), 'place shop/cart-6c9f-b2x4q') as Asking;
    expect(to.at).toBe('caller');
    expect(pick(at(to), 'nobody')).toMatchObject({
      deed: { ask: { runbook: 'rbac', words: ['shop/cart-6c9f-b2x4q'] } },
    });
    expect(pick(at(to), `place ${web}`)).toMatchObject({
      deed: { ask: { words: [web, 'shop/cart-6c9f-b2x4q'] } },
    });
  });

  test('a namespace is offered only to runbooks that take one', () => {
    expect(keysOf(at({ at: 'target', runbook: 'injection' }))).toContain('place ns/shop');
    expect(keysOf(at({ at: 'target', runbook: 'stale' }))).not.toContain('place ns/shop');
    const place = { is: 'namespace', word: 'ns/shop' } as const;
    const there = keysOf(at({ at: 'symptom', place }));
    expect(there).toContain('symptom injection');
    expect(there).not.toContain('symptom stale');
    expect(there).not.toContain('signs');
  });

  test('a runbook about the whole mesh can be asked without a name', () => {
    const goes = pick(at({ at: 'target', runbook: 'linkerd-identity' }), 'place ');
    expect(goes).toMatchObject({ deed: { ask: { runbook: 'linkerd-identity', words: [] } } });
  });
});

describe('after a run', () => {
  test('always in one order', async () => {
    const s = scene({ runs: [await runOf('stale/rejected-envoyfilter')] });
    expect(keysOf(at({ at: 'next' }, s))).toEqual([
      'copy',
      'evidence',
      'again',
      'note',
      'other',
      'ticket',
      'leave',
    ]);
  });

  test('a fault is asked about until it is healthy; a healthy target and a saved case once', async () => {
    const [faulty, healthy] = [await runOf('stale/frozen'), await runOf('stale/healthy')];
    const until = (s: Scene) => pick(at({ at: 'next' }, s), 'again');
    expect(until(scene({ runs: [faulty] }))).toMatchObject({ deed: { until: 'healthy' } });
    expect(until(scene({ runs: [healthy] }))).toMatchObject({ deed: { until: 'once' } });
    expect(until(scene({ runs: [faulty], live: false }))).toMatchObject({
      deed: { until: 'once' },
    });
  });

  test('a runbook that a finding names is offered once, and not again when it was asked', async () => {
    const pointing = await pointingRun();
    const first = keysOf(at({ at: 'next' }, scene({ runs: [pointing] })));
    const key = first.find((one) => one.startsWith('follow '));
    expect(first.filter((one) => one === key)).toHaveLength(1);
    const goes = pick(at({ at: 'next' }, scene({ runs: [pointing] })), key ?? '');
    if (goes.at !== 'doing' || goes.deed.is !== 'run') throw new Error('not a run');
    const asked: Run = { ...pointing, name: '02', ask: goes.deed.ask };
    const later = keysOf(at({ at: 'next' }, scene({ runs: [pointing, asked] })));
    expect(later).not.toContain(key);
  });

  test('every command that is offered is what a report prints', async () => {
    const s = scene({ runs: [await runOf('stale/rejected-envoyfilter')] });
    const labels = optionsOf(at({ at: 'commands' }, s)).map(({ label }) => label);
    expect(labels[0]).toMatch(/^look {2}/);
    expect(labels.some((label) => /^undo 1/.test(label))).toBe(true);
    expect(labels.some((label) => /^verify 1/.test(label))).toBe(true);
    const goes = optionsOf(at({ at: 'commands' }, s)).map((option) => option.goes);
    const texts = goes.flatMap((g) =>
      g.at === 'doing' && g.deed.is === 'copy' ? [g.deed.command.text] : [],
    );
    expect(texts).toContain(
      'kubectl --context lab delete envoyfilters.networking.istio.io add-header -n shop',
    );
    expect(texts.some((text) => text.includes("<<'EOF'\n"))).toBe(true);
  });

  test('evidence in full: every line of it, and the command that shows it again', async () => {
    const made = await runOf('stale/rejected-envoyfilter');
    const question = at({ at: 'evidence' }, scene({ runs: [made] }));
    const [first] = optionsOf(question);
    if (first?.goes.at !== 'doing' || first.goes.deed.is !== 'show') throw new Error('not shown');
    for (const line of made.diagnoses[0]!.evidence[0]!.excerpt)
      expect(first.goes.deed.text).toContain(line.trim().split('\n')[0]);
    expect(first.goes.deed.text).toContain('kubectl --context lab');
  });
});

describe('answers', () => {
  test('Escape goes one step back, Ctrl-C out', () => {
    const question = at({ at: 'target', runbook: 'stale' });
    expect(afterAnswer(question, { is: 'back' })).toEqual({ at: 'start' });
    expect(afterAnswer(question, { is: 'out' })).toEqual({ at: 'left' });
  });

  test('an empty note is not taken, an empty file name prints', () => {
    const note = at({ at: 'note' });
    const file = at({ at: 'file', format: 'jira' });
    if (note.is !== 'type' || file.is !== 'type') throw new Error('not typed');
    expect(note.check('  ')).toMatch(/Type a note/);
    expect(note.check('x'.repeat(3000))).toMatch(/At most/);
    expect(note.check('rolled back')).toBeUndefined();
    expect(file.goes(' ')).toEqual({
      at: 'doing',
      deed: { is: 'ticket', format: 'jira', path: undefined },
    });
  });
});

/** A recorded case whose findings name a runbook that was not followed. */
async function pointingRun(): Promise<Run> {
  for (const { name, saved } of all) {
    if (!saved.file.expect?.first) continue;
    const made = await runOf(name);
    const keys = keysOf(at({ at: 'next' }, scene({ runs: [made] })));
    if (keys.some((key) => key.startsWith('follow '))) return made;
  }
  throw new Error('no scenario names a runbook to go on with');
}
