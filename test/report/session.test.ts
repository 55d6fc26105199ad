// Several diagnoses read as one ticket: one title, one numbering, one list of what to do.
import { describe, expect, test } from 'vitest';
import { meshdoc } from '../../src/core/command.ts';
import { inspect } from '../../src/core/fix.ts';
import { safeText } from '../../src/core/text.ts';
import { render } from '../../src/report/formats.ts';
import { asOne, merged } from '../../src/report/session.ts';
import { diagnosis, evidence, finding, plain } from './build.ts';
import { frozen, rejected, several } from './incidents.ts';

describe('the numbers of evidence', () => {
  const every = asOne(several).flatMap(({ all }) => all);

  test('do not clash: a number stands for one answer', () => {
    const texts = new Map<string, string>();
    for (const { id, ...rest } of every.flatMap((d) => d.evidence)) {
      const text = JSON.stringify(rest);
      expect(texts.get(id) ?? text).toBe(text);
      texts.set(id, text);
    }
    expect(new Set(texts.values()).size).toBe(texts.size);
  });

  test('lead from findings and moments to the answers they led to before', () => {
    const asked = (d: typeof rejected, ids: readonly string[]) =>
      ids.map((id) => d.evidence.find((one) => one.id === id)?.asked);
    const before = several.find(
      (d) => d.runbook === frozen.runbook && d.findings === frozen.findings,
    );
    const after = every.find((d) => d.target === before?.target);
    if (!before || !after) throw new Error('the frozen one is not there');
    for (const [i, found] of before.findings.entries()) {
      expect(asked(after, after.findings[i]?.evidence ?? [])).toEqual(
        asked(before, found.evidence),
      );
    }
    const [first] = asOne([frozen, rejected]);
    const last = first?.first.timeline.at(-1);
    expect(asked(first!.first, last?.evidence ?? [])).toEqual([rejected.evidence[0]?.asked]);
  });

  test('one diagnosis keeps its own', () => {
    expect(asOne([rejected])).toEqual([{ first: rejected, all: [rejected] }]);
    expect(merged([rejected])).toBe(rejected);
  });
});

describe('a ticket of several', () => {
  test('has one title, one first step, one context, one timeline and one list of evidence', async () => {
    const out = await render('ticket', several, plain);
    for (const once of [
      /^### /gm,
      /\*\*Fix 1:\*\*/g,
      /^CTX=/gm,
      /\*\*Timeline:\*\*/g,
      /<details>/g,
    ])
      expect(out.match(once), String(once)).toHaveLength(1);
    for (const d of several) expect(out).toContain(d.target);
    const ids = [...out.matchAll(/^\*\*(E\d+)\*\*/gm)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says of each fix whose it is', async () => {
    const out = await render(
      'ticket',
      [rejected, { ...frozen, target: safeText('shop/b') }],
      plain,
    );
    expect(out).toMatch(/Fix \d:\*\* For shop\/b: Restart deployment\/cart/);
    expect(await render('ticket', [frozen], plain)).not.toContain('For shop/');
  });

  test('does not send its reader to what it holds itself', async () => {
    const ask = inspect('Ask why', meshdoc`diagnose stale shop/other`);
    const asks = diagnosis({
      findings: [finding({ fixes: [ask] })],
      evidence: [evidence(1, 'x', [])],
    });
    const answer = diagnosis({
      ...frozen,
      target: safeText('shop/other'),
      input: { target: 'shop/other' },
    });
    expect(await render('ticket', [asks], plain)).toContain('Ask why');
    expect(await render('ticket', [asks, answer], plain)).not.toContain('Ask why');
  });

  test('names those for whom the commands have other names', async () => {
    const fix = (name: string) => [inspect('Look', meshdoc`explain ${name}`)];
    const of = (name: string) =>
      diagnosis({ target: safeText(name), findings: [finding({ fixes: fix(name) })] });
    const out = await render('ticket', [of('shop/a'), of('shop/b'), of('shop/c')], plain);
    expect(out).toContain('shop/a stands for shop/b and shop/c');
    expect(await render('ticket', several, plain)).not.toContain('stands for');
  });
});
