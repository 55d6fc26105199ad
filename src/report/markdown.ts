// GitHub-flavoured Markdown from text nobody can trust: no mention rings, no fence breaks, no table starts.
import { spannedWords } from './plain.ts';
import type { Block } from './outline.ts';
import { write, type Markup } from './fit.ts';

export const markdown: Markup = (block: Block): string => {
  switch (block.is) {
    case 'title':
      return `### ${inline(block.text)}`;
    case 'text':
      return labelled(block);
    case 'item':
      return `- ${labelled(block)}`;
    case 'shell':
      return fence(block.command, 'sh');
    case 'quote':
      return fence(block.lines.join('\n'), 'text');
    case 'details':
      // Without the blank lines the content would be taken for HTML.
      return `<details>\n<summary>${inline(block.summary)}</summary>\n\n${write(block.body, markdown)}\n</details>`;
  }
};

/** After a label nothing is at the start of a line any more. */
function labelled({ label, text }: { label?: string; text: string }): string {
  if (label === undefined) return atStart(inline(text));
  return `**${inline(label)}**${text ? ` ${inline(text)}` : ''}`;
}

/** Longer than any run of backticks inside, so that nothing inside can end it. */
export function fence(content: string, language: string): string {
  const runs = content.match(/`+/g) ?? [];
  const marks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${marks}${language}\n${content}\n${marks}`;
}

/**
 * What GitHub would turn into a link, a mention or a picture: `@type`, `#12`, `GH-1`, addresses, `:100:`,
 * commit-like hashes. A code span is the one place where it does not, and it copies as it is.
 */
const live =
  /@|#\d|\bGH-\d|:\/\/|\bwww\.|mailto:|:(?!\d\d:)[\w+-]+:|\b(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b/i;

export function inline(text: string): string {
  return spannedWords(text, (word) => live.test(word), { plain: escape, code: codeSpan });
}

/** A list, a heading's underline or a number with a dot means something only at the start. */
function atStart(text: string): string {
  return text.replace(/^(\d{1,9})(?=[.)])/, '$1\\').replace(/^[-+=]/, '\\$&');
}

function codeSpan(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  if (runs.length === 0) return `\`${text}\``;
  const marks = '`'.repeat(Math.max(...runs.map((run) => run.length)) + 1);
  return `${marks} ${text} ${marks}`;
}

function escape(text: string): string {
  return text.replace(/[\\`*_[\]{}<>|~#!$]/g, '\\$&').replace(/&(?=#?\w+;)/g, '&amp;');
}
