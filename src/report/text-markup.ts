// The blocks of a pasted report as a terminal shows them: wrapped prose, a label at its start, commands nobody wraps.
import type { Block } from './outline.ts';
import type { Style } from './style.ts';
import { ink, prose, type Ink } from './text-rows.ts';

export function terminal(blocks: readonly Block[], style: Style): string {
  const to = ink(style);
  const lines = blocks.flatMap((block, i) => {
    const before = blocks[i - 1];
    const gap = before !== undefined && starts(block, before) ? [''] : [];
    return [...gap, ...write(block, to)];
  });
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** A blank line before what begins something new: not within a list, not between a sentence and its command. */
function starts(block: Block, before: Block): boolean {
  if (before.is === 'title') return false;
  if (block.is === 'shell' || block.is === 'quote') return false;
  return block.is !== before.is || (block.is === 'text' && block.label === undefined);
}

function write(block: Block, to: Ink): string[] {
  switch (block.is) {
    case 'title':
      return prose(to, 0, block.text).map(to.c.bold);
    case 'text':
      return labelled(block, '', to);
    case 'item':
      return labelled(block, '  ', to);
    case 'shell': {
      const lines = block.command.split('\n');
      return lines.length === 1 ? [`  ${lines[0] ?? ''}`] : lines;
    }
    case 'quote':
      return block.lines.map((line) => `    ${line}`);
    case 'details':
      return [to.c.bold(block.summary), ...block.body.flatMap((inner) => write(inner, to))];
  }
}

function labelled(block: { label?: string; text: string }, indent: string, to: Ink): string[] {
  const { label } = block;
  const whole = [label, block.text].filter(Boolean).join(' ');
  const [first = '', ...rest] = prose(to, indent.length, whole);
  const marked = label ? first.replace(label, () => to.c.bold(label)) : first;
  return [marked, ...rest.map((line) => `${indent ? '  ' : ''}${line}`)];
}
