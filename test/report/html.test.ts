// The page, read by a real parser: nothing is fetched, nothing runs, and no text of a cluster is markup.
import fc from 'fast-check';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { describe, expect, test } from 'vitest';
import { kubectl } from '../../src/core/command.ts';
import { safeText } from '../../src/core/text.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { compare } from '../../src/compare/compare.ts';
import { renderComparison } from '../../src/report/compare.ts';
import { html } from '../../src/report/html.ts';
import { diagnosis, evidence, finding, gap, moment, plain } from './build.ts';
import { incidents, rejected, several } from './incidents.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** Every element of a page; an error of the parser is a failure. */
function elements(page: string): readonly Element[] {
  const errors: string[] = [];
  const document = parse(page, { onParseError: ({ code }) => errors.push(code) });
  expect(errors).toEqual([]);
  const below = (node: Node): Element[] =>
    'childNodes' in node
      ? node.childNodes.flatMap((child) => [
          ...('tagName' in child ? [child] : []),
          ...below(child),
        ])
      : [];
  return below(document);
}

const attribute = (element: Element, name: string) =>
  element.attrs.find((one) => one.name === name)?.value;
const textOf = (node: Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
const all = (page: readonly Element[], ...tags: string[]) =>
  page.filter(({ tagName }) => tags.includes(tagName));

const pages = {
  ...Object.fromEntries(Object.entries(incidents).map(([k, d]) => [k, [d]])),
  several,
};

/** What a page may be made of. A script, a form, a frame, a picture from elsewhere is not among it. */
const known = new Set(
  'html head meta title style body main section footer h1 h2 p b a ul ol li pre code details summary div time figure figcaption svg title desc rect text path circle line'.split(
    ' ',
  ),
);
const knownAttributes =
  /^(lang|charset|http-equiv|content|name|class|id|href|role|aria-labelledby|width|height|viewBox|x|y|x1|x2|y1|y2|cx|cy|r|rx|d|text-anchor)$/;

describe.each(Object.entries(pages))('%s', (_, diagnoses) => {
  const source = html(diagnoses, plain);
  const page = elements(source);

  test('is made of plain elements, and fetches nothing', () => {
    expect(page.filter(({ tagName }) => !known.has(tagName))).toEqual([]);
    const odd = page.flatMap(({ attrs }) =>
      attrs.filter(({ name }) => !knownAttributes.test(name)),
    );
    expect(odd).toEqual([]);
    const policy = page.find((e) => attribute(e, 'http-equiv') === 'Content-Security-Policy');
    expect(attribute(policy!, 'content')).toContain("default-src 'none'");
    expect(all(page, 'style').map(textOf).join('')).not.toMatch(/url\(|@import/);
  });

  test('every link leads to something on the page, and no name stands twice', () => {
    const ids = page.flatMap((e) => attribute(e, 'id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of all(page, 'a')) {
      const [mark, ...id] = attribute(link, 'href') ?? '';
      expect(mark).toBe('#');
      expect(ids).toContain(id.join(''));
    }
  });

  test('every picture says in words what it shows', () => {
    for (const svg of all(page, 'svg')) {
      const names = (attribute(svg, 'aria-labelledby') ?? '').split(' ');
      const told = names.map((id) => page.find((e) => attribute(e, 'id') === id));
      expect(told.map((e) => e && textOf(e).length > 5)).toEqual([true, true]);
    }
  });

  test('the verdict, every fix and every gap are on it', () => {
    const text = textOf({ childNodes: page.slice(0, 1) } as unknown as Node).replace(/\s+/g, ' ');
    for (const { findings, gaps } of diagnoses.filter((d) => d.target === diagnoses[0]?.target)) {
      for (const { asked } of gaps) expect(text).toContain(gapStart(asked));
      for (const { fixes } of findings)
        for (const { does } of fixes) expect(text).toContain(gapStart(does));
    }
  });
});

const gapStart = (said: string) => safeText(said).slice(0, 12);

test('the verdict stands first; how it was found is drawn where it is more than the cause', () => {
  const badge = (d: Diagnosis) =>
    textOf(all(elements(html([d], plain)), 'p')[0] as unknown as Node);
  expect(badge(incidents.rejected)).toBe('PUSH REJECTED, confirmed');
  expect(badge(incidents.healthy)).toBe('OK');
  const chains = (d: Diagnosis) => html([d], plain).match(/How the cause was found/g)?.length ?? 0;
  expect(chains(incidents.healthy)).toBe(0);
  const symptom = finding({ role: 'symptom' });
  expect(
    chains({ ...incidents.rejected, findings: [...incidents.rejected.findings, symptom] }),
  ).toBe(2);
});

test('a comparison is such a page, too', async () => {
  const gone = diagnosis({ verdict: 'inconclusive', gaps: [gap('<b>pods</b>', 'forbidden', 'x')] });
  const source = await renderComparison('html', compare([rejected], [gone]), plain);
  const page = elements(source);
  expect(page.filter(({ tagName }) => !known.has(tagName))).toEqual([]);
  const policy = page.find((e) => attribute(e, 'http-equiv') === 'Content-Security-Policy');
  expect(attribute(policy!, 'content')).toContain("default-src 'none'");
  expect(all(page, 'h1').map(textOf)).toEqual([
    expect.stringMatching(/^meshdoc compare: .*: unknown/),
  ]);
  const told = all(page, 'li').map(textOf).join('\n');
  expect(told).toContain('No longer known:');
  expect(told).toContain('<b>pods</b>');
});

test('a command is on the page as it must be typed', () => {
  const page = elements(html([incidents.awkward], plain));
  const commands = all(page, 'pre')
    .filter((e) => attribute(e, 'class') === 'sh')
    .map(textOf);
  expect(commands).toContainEqual(
    `kubectl --context "\${CTX:?}" patch deployment x -p '{"a":"\`\`\`{code}it'\\''s"}'`,
  );
});

test('moments and boxes cite what proves them', () => {
  const page = elements(html([rejected], plain));
  const rows = all(page, 'ol')
    .flatMap(({ childNodes }) => childNodes.map(textOf))
    .join('\n');
  expect(rows).toContain('argocd last changed EnvoyFilter shop/add-header (E2)');
  const told = all(page, 'desc').map(textOf).join('\n');
  expect(told).toContain('Cause, confirmed, E1, E2');
});

test('whatever a cluster says stays text', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      ...['</pre>', '<script>', '</style>', '<img src=x onerror=y>', '&lt;', '"', "'", '-->'],
      ...['<!--', ']]>', '</svg>', '</title>', 'javascript:x', '\u0000', '\u2028', '(E1)'],
    ),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 6 }), (parts) => {
      const t = safeText(parts.join(''));
      const d = diagnosis({
        target: t,
        findings: [finding({ says: t, means: t, since: t, reach: t, avoid: t })],
        gaps: [gap(t, 'unreadable', t, kubectl`get ${t}`)],
        evidence: [evidence(1, t, [t], kubectl`get ${t}`)],
        timeline: [moment('event', '2026-03-04T09:00:00Z', t, 'E1')],
      });
      const page = elements(html([d], plain));
      expect(page.filter(({ tagName }) => !known.has(tagName))).toEqual([]);
      expect(all(page, 'title')).toHaveLength(2);
    }),
    { numRuns: 60 },
  );
});
