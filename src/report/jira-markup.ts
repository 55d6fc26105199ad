// Jira wiki markup from text nobody can trust. https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa
import { write, type Markup } from './fit.ts';
import type { Block } from './outline.ts';
import { unquoted } from './shell-text.ts';

export const jiraMarkup: Markup = (block: Block): string => {
  switch (block.is) {
    case 'title':
      return `h3. ${inline(block.text)}`;
    case 'text':
      return labelled(block);
    case 'item':
      return `* ${labelled(block)}`;
    case 'shell':
      return shell(block);
    case 'quote':
      return `{noformat}\n${noformat(block.lines.join('\n'))}\n{noformat}`;
    case 'details':
      return `*${inline(block.summary)}*\n\n${write(block.body, jiraMarkup).trimEnd()}`;
  }
};

function labelled({ label, text }: { label?: string; text: string }): string {
  return [...(label ? [`*${inline(label)}*`] : []), ...(text ? [inline(text)] : [])].join(' ');
}

/** `{code}` inside a command would end the block: a quoted word is split there, which the shell undoes. */
function shell({ command, heredoc }: { command: string; heredoc: boolean }): string {
  const safe = heredoc ? command : unquoted(command, /\{(?=code)/gi);
  return /\{code/i.test(safe)
    ? `{noformat}\n${noformat(safe)}\n{noformat}`
    : `{code:bash}\n${safe}\n{code}`;
}

/** A quoted `{noformat}` gets a space: the one string that cannot be shown as it was. */
function noformat(content: string): string {
  return content.replace(/\{(?=noformat)/gi, '{ ');
}

/** Jira has no literal backslash but its number; `-` within a word is only a letter, as in a pod's name. */
export function inline(text: string): string {
  return text
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('\\', '&#92;')
    .replace(/[{}[\]*_^~|]|!(?=\S)|\?(?=\?)/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])[-+]|[-+](?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/\((?=(?:\\?[-+/x!?yni]|on|off|flag|flagoff|\\\*[rgby]?)\))/g, '\\(')
    .replace(/[:;](?=[-)(DPp|])/g, '\\$&')
    .replace(/^(?=#|(?:h[1-6]|bq)\.)/, '\\');
}
