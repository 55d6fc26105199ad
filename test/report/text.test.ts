// What the terminal view promises whatever the diagnosis: one screen, whole commands, the end is the next step.
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { shell } from '../../src/core/command.ts';
import { safeText } from '../../src/core/text.ts';
import { fixText } from '../../src/report/fix-text.ts';
import { text } from '../../src/report/text.ts';
import { rowsOf } from '../../src/report/wrap.ts';
import { clear, diagnosis, evidence, finding, gap, plain } from './build.ts';
import { awkward, healthy, incidents, inconclusive, rejected, several } from './incidents.ts';

const lines = (out: string) => out.trimEnd().split('\n');

test.each(Object.entries(incidents))('%s fits a screen', (name, d) => {
  const rows = rowsOf(lines(text([d], plain)), plain.width);
  expect(rows).toBeLessThanOrEqual(name === 'awkward' ? 40 : 30);
});

test('a taller terminal shows more proof, and no more words', () => {
  const out = (height: number) => text([rejected], { ...plain, height });
  const [small, tall] = [out(24), out(60)];
  expect(lines(tall).length).toBeGreaterThan(lines(small).length);
  const cause = (page: string) => page.slice(page.indexOf('Cause'), page.indexOf('Impact'));
  expect(cause(tall).replaceAll(/ \[E[^\]]*\]/g, '')).toBe(
    cause(small).replaceAll(/ \[E[^\]]*\]/g, ''),
  );
});

test.each(Object.entries(incidents))('%s has no trailing spaces and no escapes', (_, d) => {
  for (const verbose of [false, true]) {
    const out = text([d], { ...plain, verbose });
    expect(out).not.toMatch(/[ \t]+$/m);
    expect(out).not.toContain('\x1b');
    expect(out).not.toContain('\u202e');
  }
});

test('colour changes nothing but the colours', () => {
  const colored = text([rejected], { ...plain, color: true });
  expect(colored).toContain('\x1b[');
  expect(colored.replace(/\x1b\[[\d;]*m/g, '').replace(/ +$/gm, '')).toBe(text([rejected], plain));
});

test('our own marks are ASCII when they must be', () => {
  expect(text([rejected], { ...plain, unicode: false })).not.toMatch(/[^\x00-\x7f]/);
});

test('the verdict is first and last', () => {
  const out = lines(text([rejected], plain));
  expect(out[0]).toMatch(/^PUSH REJECTED {2}confirmed +shop\/cart-7d9f6c5b8-x2x4q$/);
  expect(out[1]).toMatch(/^prod-eu1.*istiod 1\.31\.1.*Z$/);
  expect(out[2]).toMatch(/^Cause /);
  expect(out.slice(-2).join(' ')).toMatch(
    /^PUSH REJECTED: .*\. Fix 1 is above\. Read more: meshdoc explain stale\/push-rejected$/,
  );
});

describe('commands', () => {
  test.each(Object.entries(incidents))('of %s are whole, on lines of their own', (_, d) => {
    const out = `\n${text([d], { ...plain, width: 60, verbose: true })}`;
    const commands = [
      ...d.findings.flatMap((f) => f.fixes.map((fix) => fix.run)),
      ...d.evidence.map((e) => e.byHand),
      ...d.gaps.flatMap((g) => g.remedy ?? []),
    ];
    for (const command of commands) {
      const line = shell(command, d.about.reach);
      expect(out.replace(/\n +/g, '\n')).toContain(`\n${line.replace(/\n +/g, '\n')}\n`);
    }
  });

  test('a here-document starts and ends at the edge', () => {
    expect(text([awkward], { ...plain, verbose: true })).toMatch(
      /^kubectl .*<<'EOF'\n(.*\n)+EOF\n/m,
    );
  });
});

test('prose stays within the width', () => {
  for (const width of [60, 80, 100]) {
    const prose = lines(text([rejected], { ...plain, width })).filter(
      (line) => !/--context/.test(line),
    );
    for (const line of prose) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
  }
});

test('what to look at comes before what to change', () => {
  const labels = [...text([rejected], plain).matchAll(/^(Look|Fix \d) /gm)];
  expect(labels.map(([, label]) => label)).toEqual(['Look', 'Fix 1']);
});

test('every cited number of evidence is printed when all is asked for', () => {
  const out = text([rejected], { ...plain, verbose: true });
  const cited = [...out.matchAll(/\bE\d+\b/g)].map(([id]) => id);
  const shown = [...out.matchAll(/^ {2}(E\d+) /gm)].map(([, id]) => id);
  expect(shown).toEqual(expect.arrayContaining(cited));
});

test('two hundred lines of evidence are cut, and shown when asked for', () => {
  expect(text([awkward], plain)).not.toContain('line 199');
  expect(text([awkward], { ...plain, verbose: true })).toContain('line 199');
});

test('a healthy target needs few lines', () => {
  const out = text([healthy], plain);
  expect(lines(out).length).toBeLessThan(10);
  expect(out).toContain('No fault found');
});

test('inconclusive never reads as healthy', () => {
  const out = text([inconclusive], plain);
  expect(out).toMatch(/^UNKNOWN/);
  expect(out).toContain('Inconclusive');
  expect(out).toContain('auth can-i create pods/portforward');
});

test('a gap without an unanswered question is still told', () => {
  const d = diagnosis({
    verdict: 'inconclusive',
    steps: [clear('Is it so?')],
    gaps: [gap('a second road', 'refused', 'x')],
  });
  expect(text([d], plain)).toContain('1 thing could not be read');
});

test('an avoid is said once as "Do not", however it was written', () => {
  const avoids = ['Do not restart it.', 'restart it.', 'Never restart it.', 'Restart it.'];
  const findings = avoids.map((avoid) => finding({ avoid }));
  const out = text([diagnosis({ findings, evidence: [evidence(1, 'x', [])] })], plain);
  expect(out.match(/Do not {2}restart it\./g)).toHaveLength(1);
});

describe('--fix', () => {
  test('prints one fix whole: what it affects, undo and verify', () => {
    const printed = fixText([rejected], 1, plain);
    expect(printed).toMatchObject({ is: 'fix' });
    const out = printed.is === 'fix' ? printed.text : '';
    for (const label of ['Fix 1', 'Affects', 'Undo', 'Verify'])
      expect(out).toMatch(new RegExp(`^${label}\\b`, 'm'));
  });

  test('says how many there are when it has no such fix', () => {
    expect(fixText([rejected], 9, plain)).toMatchObject({
      is: 'none',
      says: expect.stringMatching(/there is no fix 9: this diagnosis has \d fix/) as string,
    });
    expect(fixText([healthy], 1, plain)).toMatchObject({
      says: expect.stringContaining('no fix') as string,
    });
  });
});

test('several targets: a line each, the gravest in full, a command for each other kind', () => {
  const out = text(several, plain);
  for (const d of several) expect(out).toContain(`  ${d.target}`);
  expect(out.indexOf('STALE')).toBeLessThan(out.indexOf('UNKNOWN  '));
  expect(out).toContain('diagnose stale shop/pay-66b7-zzzzz');
  expect(out).not.toMatch(/ +$/m);
});

test('whatever was said, the page is drawn and holds no escape', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (said, excerpt) => {
      const says = safeText(said);
      const d = diagnosis({
        target: says,
        findings: [finding({ says, means: says, avoid: says, fixes: [] })],
        evidence: [evidence(1, said, excerpt)],
      });
      const out = text([d], plain);
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
      expect(out).not.toMatch(/ +$/m);
    }),
  );
});
