// What a person noted beside the answers, in the markup of the place that the ticket goes to.
import { write, type Markup } from './fit.ts';
import type { Format } from './formats.ts';
import { jiraMarkup } from './jira-markup.ts';
import { markdown } from './markdown.ts';
import type { Block } from './outline.ts';
import { oneLine } from './plain.ts';
import { slackMarkup } from './slack-markup.ts';
import type { Noted } from './style.ts';
import { utc } from './words.ts';
import { wrap } from './wrap.ts';

const markups: Readonly<Partial<Record<Format, Markup>>> = {
  ticket: markdown,
  jira: jiraMarkup,
  slack: slackMarkup,
};

/** These have a place for notes; the others are followed by them. */
export const holdNotes: ReadonlySet<Format> = new Set<Format>(['html', 'json', 'yaml']);

/** Empty without notes. Ends with a line break. */
export function notesText(format: Format, notes: readonly Noted[], width: number): string {
  if (notes.length === 0) return '';
  const markup = markups[format];
  if (!markup) {
    const lines = notes.flatMap(({ at, says }) => wrap(`  ${utc(at)}  ${oneLine(says)}`, width));
    return `Notes\n${lines.join('\n')}\n`;
  }
  const blocks: readonly Block[] = [
    { is: 'text', label: 'Notes', text: '' },
    ...notes.map(({ at, says }): Block => ({ is: 'item', label: utc(at), text: oneLine(says) })),
  ];
  return `${write(blocks, markup).trimEnd()}\n`;
}
