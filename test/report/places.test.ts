// Every recorded incident in every format for pasting: what breaks in each place, and what may never be cut.
import { marked, type Token } from 'marked';
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { jiraLimit } from '../../src/report/jira.ts';
import { slackLimit } from '../../src/report/slack.ts';
import { ticketLimit } from '../../src/report/ticket.ts';
import { fixesOf, missing, shown } from '../../src/report/view.ts';
import { printed } from '../helpers/scenarios.ts';
import { shareOfEach } from '../helpers/share.ts';
import { all, original } from '../sweeps/shared.ts';

const limits = { ticket: ticketLimit, jira: jiraLimit, slack: slackLimit };

const walk = (tokens: readonly Token[]): Token[] =>
  tokens.flatMap((token) => [
    token,
    ...walk('tokens' in token ? (token.tokens ?? []) : []),
    ...walk(token.type === 'list' ? (token['items'] as Token[]) : []),
  ]);

/** What a place would show as words: without its fences and code spans. */
const prose = {
  ticket: (out: string) =>
    walk(marked.lexer(out))
      .filter((token) => token.type === 'text' && !('tokens' in token && token.tokens))
      .map(({ raw }) => raw)
      .join('\n'),
  jira: (out: string) => out.replace(/\{(code|noformat)(:bash)?\}\n[\s\S]*?\n\{\1\}/g, ''),
  slack: (out: string) => out.replace(/^```\n[\s\S]*?\n```$/gm, '').replace(/`[^`\n]+`/g, ''),
};

/** Letters and digits alone: markup puts its own marks between them, and takes none away. */
const letters = (text: string) =>
  text.replace(/&(?:amp|lt|gt|#92);/g, '').replace(/[^\p{L}\p{N}]/gu, '');
const start = (text: string) => letters(text.replace(/[&<>\\]/g, '')).slice(0, 16);

describe.each(shareOfEach(all, 3, 1))('$name', ({ name }) => {
  test('ticket: fences, tables, links, mentions', async () => {
    const out = await printed(await original(name), 'ticket');
    const tokens = walk(marked.lexer(out));
    const odd = tokens.filter(({ type }) => ['table', 'link', 'image', 'hr'].includes(type));
    expect(odd.map(({ raw }) => raw)).toEqual([]);
    const commands = tokens.filter((token) => token.type === 'code' && token['lang'] === 'sh');
    for (const { text } of commands as { text: string }[])
      expect(text).toMatch(/^(CTX=|kubectl |istioctl |linkerd |meshdoc )/);
    // https://docs.github.com/get-started/writing-on-github: what becomes a link by itself.
    expect(prose.ticket(out)).not.toMatch(
      /(?<![\w`])@\w|(?<!\w)(?:[\w-]+\/[\w.-]+)?#\d|\bGH-\d|https?:\/\/\S|\b(?=[0-9a-f]*\d)[0-9a-f]{40}\b/,
    );
  });

  test('jira: blocks, links, mentions', async () => {
    const words = prose.jira(await printed(await original(name), 'jira'));
    expect(words).not.toMatch(/(?<!\\)[{[|]|^(?:kubectl|meshdoc|istioctl|CTX=)/m);
  });

  test('slack: fences, mentions, pictures', async () => {
    const out = await printed(await original(name), 'slack');
    expect((out.match(/```/g) ?? []).length % 2).toBe(0);
    expect(out).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
    expect(prose.slack(out)).not.toMatch(/(?<!\w)[@#]\w|:[a-z_]{2,}:/);
  });

  test.each(Object.keys(limits) as (keyof typeof limits)[])(
    '%s: it fits, and only the proof is cut',
    async (format) => {
      const ran = await original(name);
      if (!ran.diagnosed.ok) return;
      const out = await printed(ran, format);
      expect(out.length).toBeLessThanOrEqual(limits[format]);
      expect(lost(shown(ran.diagnoses), letters(out))).toEqual([]);
    },
  );
});

/** What is wrong, what to do and what is open, of those diagnoses that stand for their kind. */
function lost(diagnoses: readonly Diagnosis[], out: string): readonly string[] {
  const firsts = diagnoses.filter(
    (d, i) => diagnoses.findIndex((o) => o.findings[0]?.code === d.findings[0]?.code) === i,
  );
  const asked = new Set(diagnoses.map((d) => `${d.runbook} ${d.target}`));
  const wanted = firsts.flatMap((d) => [
    ...d.findings.map(({ says }) => says),
    ...fixesOf(d.findings)
      // Where the other runbook's answer stands in the same report, "ask it" is not advice.
      .filter(
        ({ run: { argv } }) => !(argv[0] === 'meshdoc' && asked.has(argv.slice(2, 4).join(' '))),
      )
      // A command that another finding prints under its own words is there.
      .filter(({ run }) => !isPrinted(run.argv, out))
      .map(({ does }) => does),
    ...missing(d.gaps).flatMap(({ says }) => says),
  ]);
  return wanted.filter((said) => !out.includes(start(said)));
}

function isPrinted(argv: readonly string[], out: string): boolean {
  return out.includes(letters(argv.slice(1).join(' ')));
}
