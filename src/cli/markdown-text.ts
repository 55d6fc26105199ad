// The pages of runbooks as a terminal shows them: prose wrapped at its width, commands and YAML as they are.
import { ink } from '../report/text-rows.ts';
import type { Style } from '../report/style.ts';
import { wrap } from '../report/wrap.ts';

type Paint = ReturnType<typeof ink>['c'];

/** Of the Markdown that `src/docs/render.ts` writes. Ends in a newline. */
export function markdownText(markdown: string, style: Style): string {
  const { c, width } = ink(style);
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.trimEnd().split('\n')) {
    const ticks = /^`{3,}/.exec(line)?.[0];
    if (fence !== undefined && ticks === fence) fence = undefined;
    else if (fence !== undefined) lines.push(`  ${line}`.trimEnd());
    else if (ticks !== undefined) fence = ticks;
    else lines.push(...block(line, width, c));
  }
  return `${lines.join('\n')}\n`;
}

function block(line: string, width: number, c: Paint): readonly string[] {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  if (heading !== undefined) return wrap(heading, width).map((part) => c.bold(part));
  const [marker = ''] = /^(?:- |\d+\. )/.exec(line) ?? [];
  const text = inline(line.slice(marker.length), c);
  return wrap(text, width - marker.length).map(
    (part, i) => (i === 0 ? marker : ' '.repeat(marker.length)) + part,
  );
}

/** Painted word by word, so that a line may end inside what is bold. `*pod*` stands for a name. */
function inline(text: string, c: Paint): string {
  const words = (paint: (word: string) => string) => (_: string, inner: string) =>
    inner.split(' ').map(paint).join(' ');
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`')
        ? part.replace(/^`(.*)`$/, words(c.cyan))
        : part
            .replace(/\*\*([^*]+)\*\*/g, words(c.bold))
            .replace(/\*(\w+)\*/g, (_, name: string) => `<${name}>`),
    )
    .join('');
}
