// The bytes that carry a command to a clipboard, what changed between two runs, and the marks of a plain screen.
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { plainText } from '../../src/cli/prompts/screen.ts';
import { changes } from '../../src/triage/changes.ts';
import { clipboard, isMultiplexed } from '../../src/triage/osc52.ts';
import { gap } from '../report/build.ts';
import { run, scenarios } from '../helpers/scenarios.ts';

const all = await scenarios();
const diagnosed = async (name: string) =>
  (await run(name, all.find((s) => s.name === name)!.saved)).diagnoses;

describe('OSC 52', () => {
  const text = 'kubectl apply -f - <<\'EOF\'\n{"a":"ä"}\nEOF';
  const carried = (bytes: string) =>
    [...bytes.matchAll(/\]52;c;([A-Za-z0-9+/=]*)\x07/g)].map(([, b64]) =>
      Buffer.from(b64 ?? '', 'base64').toString('utf8'),
    );

  test('carries the command byte for byte', () => {
    const sent = clipboard(text, false);
    if (sent.is !== 'sequence') throw new Error('not sent');
    expect(sent.bytes.startsWith('\x1b]52;c;')).toBe(true);
    expect(carried(sent.bytes)).toEqual([text]);
  });

  test('inside tmux also wrapped, with every escape doubled', () => {
    const sent = clipboard(text, true);
    if (sent.is !== 'sequence') throw new Error('not sent');
    expect(carried(sent.bytes)).toEqual([text, text]);
    const [, wrapped = ''] = sent.bytes.split('\x1bPtmux;');
    expect(wrapped.startsWith('\x1b\x1b]52;c;')).toBe(true);
    expect(wrapped.endsWith('\x1b\\')).toBe(true);
  });

  test('what terminals would cut is not sent', () => {
    expect(clipboard('x'.repeat(60_000), false)).toEqual({ is: 'too-long' });
  });

  test('tmux is known by its variable, and over ssh by TERM', () => {
    expect(isMultiplexed({ TMUX: '/tmp/tmux-0/default,1,0' })).toBe(true);
    expect(isMultiplexed({ TERM: 'tmux-256color' })).toBe(true);
    expect(isMultiplexed({ TERM: 'xterm-256color' })).toBe(false);
  });
});

describe('what changed', () => {
  test('nothing', async () => {
    const same = await diagnosed('stale/frozen');
    expect(changes(same, same)).toEqual({ is: 'same', lines: [] });
  });

  test('a fault that is resolved, and one that is new', async () => {
    const [bad, good] = [await diagnosed('stale/frozen'), await diagnosed('stale/healthy')];
    const mended = changes(bad, good).lines.join('\n');
    expect(mended).toMatch(/FROZEN -> OK/);
    expect(mended).toMatch(/^resolved {2}stale\/frozen: /m);
    expect(changes(good, bad).lines.join('\n')).toMatch(/^new {2}stale\/frozen: /m);
  });

  test('what could not be asked again is not called resolved', async () => {
    const before = await diagnosed('stale/rejected-envoyfilter');
    const denied = gap("the proxy's log", 'forbidden', 'may not get pods/log');
    const outcome = { is: 'could-not-check', gaps: [denied] } as const;
    const blind = before.map((d): Diagnosis => {
      const steps = d.steps.map((s) => (s.outcome.is === 'found' ? { ...s, outcome } : s));
      return { ...d, verdict: 'inconclusive', findings: [], gaps: [denied], steps };
    });
    const lines = changes(before, blind).lines.join('\n');
    expect(lines).toMatch(/^no longer known {2}stale\/push-rejected: /m);
    expect(lines).not.toMatch(/^resolved/m);
    expect(lines).toMatch(/^1 more thing could not be checked$/m);
  });

  test('a gap elsewhere takes nothing from what is resolved', async () => {
    const [bad, good] = [await diagnosed('stale/frozen'), await diagnosed('stale/healthy')];
    const elsewhere = gap('leases in shop', 'forbidden', 'may not list leases');
    const blind = good.map((d) => ({ ...d, gaps: [...d.gaps, elsewhere] }));
    const lines = changes(bad, blind).lines.join('\n');
    expect(lines).toMatch(/^resolved {2}stale\/frozen: /m);
    expect(lines).toMatch(/^1 more thing could not be checked$/m);
  });
});

test('a screen without colours and marks: each mark is as wide as what stands for it', () => {
  const text = '\x1b[36m◆\x1b[39m  Which? ↑/↓ • Enter\n\x1b[7mx\x1b[27m│  ● a\n└';
  const plain = plainText(text, { color: false, unicode: false });
  expect(plain).toBe('*  Which? ^/v - Enter\n\x1b[7mx\x1b[27m|  > a\n+');
  expect(plainText(text, { color: true, unicode: true })).toBe(text);
});
