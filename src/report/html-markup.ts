// The parts of a report as HTML: plain elements, no script, nothing that is fetched.
import { escaped, withCites } from './html-escape.ts';
import type { Block } from './outline.ts';

/** Items that follow one another are one list. */
export function htmlOf(blocks: readonly Block[]): string {
  return blocks
    .map((block, i) => {
      if (block.is !== 'item') return one(block);
      const opens = blocks[i - 1]?.is === 'item' ? '' : '<ul>\n';
      const closes = blocks[i + 1]?.is === 'item' ? '' : '\n</ul>';
      return `${opens}<li>${labelled(block)}</li>${closes}`;
    })
    .join('\n');
}

function one(block: Exclude<Block, { is: 'item' }>): string {
  switch (block.is) {
    case 'title':
      return `<h1>${escaped(block.text)}</h1>`;
    case 'text':
      return `<p>${labelled(block)}</p>`;
    case 'shell':
      return `<pre class="sh"><code>${escaped(block.command)}</code></pre>`;
    case 'quote':
      return quoted(block.lines);
    case 'details':
      return details(escaped(block.summary), htmlOf(block.body));
  }
}

export function quoted(lines: readonly string[]): string {
  return `<pre><code>${escaped(lines.join('\n'))}</code></pre>`;
}

/** An anchor inside opens the element when a link leads there; one on the element itself does not. */
export function details(summary: string, body: string, id?: string): string {
  const anchor = id === undefined ? '<div>' : `<div id="${id}">`;
  return `<details>\n<summary>${summary}</summary>\n${anchor}\n${body}\n</div>\n</details>`;
}

function labelled({ label, text }: { label?: string; text: string }): string {
  const head = label === undefined ? '' : `<b>${escaped(label)}</b> `;
  return head + withCites(text);
}
