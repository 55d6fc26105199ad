// Nothing a cluster says may break a fence, ring a person, become a command or push the verdict out.
import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { describe, expect, test } from 'vitest';
import { safeText } from '../../src/core/text.ts';
import { kubectl } from '../../src/core/command.ts';
import { jira, jiraLimit } from '../../src/report/jira.ts';
import { fence, inline, markdown } from '../../src/report/markdown.ts';
import { slack, slackLimit } from '../../src/report/slack.ts';
import { ticket, ticketLimit } from '../../src/report/ticket.ts';
import { diagnosis, evidence, finding, gap, plain } from './build.ts';
import { awkward, incidents, rejected, several } from './incidents.ts';

const formats = { ticket, jira, slack };
const limits = { ticket: ticketLimit, jira: jiraLimit, slack: slackLimit };
const names = ['ticket', 'jira', 'slack'] as const;

/** Markup, the words that frighten it, and anything else. */
const piece = fc.oneof(
  fc.constantFrom(
    '```',
    '````',
    '`',
    '{code}',
    '{noformat}',
    '{code:bash}',
    '</details>',
    '<b>',
    '@type',
  ),
  fc.constantFrom(
    '#12',
    '$(id)',
    '\n',
    '|',
    '---',
    '- ',
    '1. ',
    '\\',
    '*',
    '_',
    '[a](b)',
    '&amp;',
    ' ',
  ),
  fc.string({ unit: 'grapheme' }),
);
const said = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

function incident(text: string, lines: readonly string[] = [text]) {
  const t = safeText(text);
  return diagnosis({
    target: t,
    findings: [
      finding({
        says: t,
        means: t,
        reach: t,
        since: t,
        avoid: t,
        fixes: [
          {
            does: text,
            run: kubectl`get ${text}`,
            risk: 'changes-config',
            touches: text,
            undo: { because: text },
            verify: kubectl`get x`,
            note: text,
          },
        ],
      }),
    ],
    gaps: [gap(text, 'unreadable', text, kubectl`auth ${text}`)],
    evidence: [evidence(1, text, lines, kubectl`get pods`)],
  });
}

describe('limits', () => {
  const huge = incident(
    'long '.repeat(30_000),
    Array.from({ length: 5000 }, () => 'y'.repeat(300)),
  );
  const many = Array.from({ length: 300 }, (_, i) =>
    gap(`thing ${i} ${'z'.repeat(300)}`, 'forbidden', 'no', kubectl`auth ${i}`),
  );
  const cases = {
    awkward,
    huge,
    crowded: {
      ...huge,
      gaps: many,
      evidence: Array.from({ length: 300 }, (_, i) =>
        evidence(i, 'x'.repeat(400), ['y'.repeat(3000)]),
      ),
    },
  };
  for (const format of names) {
    test.each(Object.entries(cases))(`${format}: %s fits, verdict and avoid kept`, (_, d) => {
      const out = formats[format]([d], plain);
      expect(out.length).toBeLessThanOrEqual(limits[format]);
      expect(out).toContain('Cause (confirmed)');
      expect(out).toContain('Do NOT');
      expect(out).toMatch(/left out|cut\)/);
    });

    test(`${format}: three hundred targets fit`, () => {
      const crowd = Array.from({ length: 300 }, (_, i) => ({
        ...several[i % 5]!,
        target: safeText(`shop/p-${i}`),
      }));
      const out = formats[format](crowd, plain);
      expect(out.length).toBeLessThanOrEqual(limits[format]);
      expect(out).toContain('300 targets');
    });
  }
});

test.each(names)('%s: text that doubles when it is escaped fits too', (format) => {
  for (const mean of ['&', '<', '`', '|', '*', '&amp;', '@a ', '{']) {
    const out = formats[format]([incident(mean.repeat(3000))], plain);
    expect(out.length, mean).toBeLessThanOrEqual(limits[format]);
    expect(out).toContain('Cause (confirmed)');
  }
});

test('slack: a long command is there whole, and the proof goes for it', () => {
  const patch = kubectl`patch x -p ${'y'.repeat(1500)}`;
  const undo = { because: 'it was empty' };
  const fix = {
    ...({ does: 'Patch it', run: patch, risk: 'changes-config', touches: 'x' } as const),
    ...{ undo, verify: kubectl`get x` },
  };
  const told = finding({ says: safeText('It is so.'), fixes: [fix] });
  const proof = Array.from({ length: 4 }, (_, i) =>
    evidence(i, 'the pods', ['z'.repeat(290), 'z'.repeat(290)]),
  );
  const out = slack([diagnosis({ findings: [told], evidence: proof })], plain);
  expect(out.length).toBeLessThanOrEqual(slackLimit);
  expect(out).toContain('y'.repeat(1500));
  expect(out).toContain('It is so.');
  expect(out).not.toContain('z'.repeat(290));
});

test.each(names)('%s: no trailing spaces, no escapes, no tables', (format) => {
  for (const d of Object.values(incidents)) {
    const out = formats[format]([d], { ...plain, color: true });
    expect(out).not.toMatch(/[ \t]+$/m);
    expect(out).not.toContain('\x1b');
  }
});

test('a ticket sets CTX once, before the first command, and no command names a context', () => {
  const out = ticket([rejected], plain);
  expect(out.match(/^CTX=/gm)).toHaveLength(1);
  expect(out.indexOf('CTX=prod-eu1')).toBeLessThan(out.indexOf('"${CTX:?}"'));
  expect(out).not.toContain('--context prod-eu1');
});

describe('Markdown', () => {
  const walk = (tokens: readonly Token[]): Token[] =>
    tokens.flatMap((token) => [
      token,
      ...walk('tokens' in token ? (token.tokens ?? []) : []),
      ...walk(token.type === 'list' ? (token['items'] as Token[]) : []),
    ]);

  test('inline text reads as it was written, and holds nothing live', () => {
    fc.assert(
      fc.property(said, (text) => {
        const once = text.replace(/\s+/g, ' ').trim();
        const tokens = walk(marked.lexer(`**Label:** ${inline(once)} end`));
        const bad = tokens.filter(({ type }) =>
          ['link', 'image', 'html', 'em', 'del', 'table', 'hr', 'list', 'heading'].includes(type),
        );
        expect(bad).toEqual([]);
        const outside = tokens
          .filter(({ type }) => type === 'text')
          .map(({ raw }) => raw)
          .join(' ');
        expect(outside).not.toMatch(/(^|[^\w`])@\w/);
      }),
    );
  });

  test('a fence holds whatever is in it', () => {
    fc.assert(
      fc.property(said, (text) => {
        const [token, ...more] = marked.lexer(fence(text, 'text'));
        expect(more).toEqual([]);
        expect(token).toMatchObject({ type: 'code', lang: 'text' });
      }),
    );
  });

  test('free text never ends up in a shell fence', () => {
    fc.assert(
      fc.property(said, (text) => {
        const code = walk(marked.lexer(ticket([incident(text)], plain)))
          .filter((token) => token.type === 'code' && token['lang'] === 'sh')
          .map((token) => (token as { text: string }).text);
        for (const shell of code) expect(shell).toMatch(/^(CTX=|kubectl |meshdoc )/);
        expect(code.length).toBe(5);
      }),
    );
  });

  test.each(Object.entries(incidents))(
    '%s: details opens and closes once, outside fences',
    (_, d) => {
      const html = walk(marked.lexer(ticket([d], plain))).filter(({ type }) => type === 'html');
      const tags = html.flatMap(({ raw }) => raw.match(/<\/?details>/g) ?? []);
      expect(tags).toEqual(d.evidence.length ? ['<details>', '</details>'] : []);
    },
  );

  test.each([
    [
      'at 15:35:36.13316733 and 2026-02-20T11:00:00Z',
      'at 15:35:36.13316733 and 2026-02-20T11:00:00Z',
    ],
    ['left out (2026-02-20T11:00:00Z): none', 'left out (2026-02-20T11:00:00Z): none'],
  ])('a time is in none: %s', (text, so) => {
    expect(inline(text)).toBe(so);
  });

  test('what Envoy says of a script is one span, and no bracket of it stands outside', () => {
    expect(inline('function on(f@handle) x@head: done')).toBe(
      'function `on(f@handle) x@head`: done',
    );
  });

  test('what would ring, link or become a picture is in a code span', () => {
    expect(inline('see @type, #12 and https://x.y (a@b.c) at 09:15:02Z')).toBe(
      'see `@type`, `#12` and `https://x.y` (`a@b.c`) at 09:15:02Z',
    );
    expect(inline('outbound|80||a.b')).toBe('outbound\\|80\\|\\|a.b');
    expect(markdown({ is: 'item', text: '1. not a list' })).toBe('- 1\\. not a list');
  });
});

/** What is left when the blocks of a kind are taken out as the place itself would. */
function outside(out: string, block: RegExp): string {
  return out.replace(block, '');
}

test('Jira: no block is broken, whatever is in it', () => {
  fc.assert(
    fc.property(said, (text) => {
      const out = jira([incident(text)], plain);
      const rest = outside(out, /\{(code|noformat)(:bash)?\}\n[\s\S]*?\n?\{\1\}/g);
      expect(rest).not.toMatch(/(?<!\\)\{/);
      expect(rest).not.toMatch(/^(kubectl|meshdoc|CTX)/m);
    }),
  );
});

test('Slack: no fence is broken, and the three characters are entities', () => {
  fc.assert(
    fc.property(said, (text) => {
      const out = slack([incident(text)], plain);
      expect((out.match(/```/g) ?? []).length % 2).toBe(0);
      expect(outside(out, /^```\n[\s\S]*?\n```$/gm)).not.toContain('```');
      expect(out).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
    }),
  );
});

test('a command split for Slack or Jira is the same command to a shell', () => {
  expect(slack([awkward], plain)).toContain(`'{"a":"\`\`''\`{code}it'\\''s"}'`);
  expect(jira([awkward], plain)).toContain(`'{"a":"\`\`\`{''code}it'\\''s"}'`);
});
