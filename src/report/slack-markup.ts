// Slack's mrkdwn from text nobody can trust. It has no escapes but three entities, so what is live goes
// into a code span. https://api.slack.com/reference/surfaces/formatting
import { write, type Markup } from './fit.ts';
import type { Block } from './outline.ts';
import { spannedWords } from './plain.ts';
import { unquoted } from './shell-text.ts';

export const slackMarkup: Markup = (block: Block): string => {
  switch (block.is) {
    case 'title':
      return `*${bold(block.text)}*`;
    case 'text':
      return labelled(block);
    case 'item':
      return `• ${labelled(block)}`;
    case 'shell':
      return shell(block);
    case 'quote':
      return fence(block.lines.join('\n').replaceAll('```', "'''"));
    case 'details':
      return write(block.body, slackMarkup).trimEnd();
  }
};

function labelled({ label, text }: { label?: string; text: string }): string {
  return [...(label ? [`*${bold(label)}*`] : []), ...(text ? [inline(text)] : [])].join(' ');
}

/** Three backticks end a fence; in a quoted word they are split, which the shell undoes. */
function shell({ command, heredoc }: { command: string; heredoc: boolean }): string {
  const safe = heredoc ? command : unquoted(command, /``(?=`)/g);
  return safe.includes('```')
    ? 'The command cannot be shown here: see `meshdoc -o text`.'
    : fence(safe);
}

function fence(content: string): string {
  return `\`\`\`\n${entities(content)}\n\`\`\``;
}

/** Words with `*`, `_`, `~`, `:x:`, `@` or `#` would be styled, pinged or turned into pictures. */
export function inline(text: string): string {
  const code = (words: string) => `\`${entities(words)}\``;
  const bare = text.replaceAll('`', "'");
  return spannedWords(bare, (word) => live.test(word), { plain: entities, code });
}

const live = /[*_~@#]|:(?!\d\d:)[^\s:]+:/;

/** Bold ends at the next star, and a code span inside it is not bold. */
function bold(text: string): string {
  return entities(text.replace(/[*~`]/g, "'"));
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
