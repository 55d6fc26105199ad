// The page of a runbook, as `npm run docs` wrote it: `explain` prints it, or the part of it that is about one finding.
import { limits } from '../core/limits.ts';
import { readText } from '../disk/read.ts';
import type { Entry } from '../registry.ts';
import { asset, onDisk } from './packed.ts';

/** Without the mark that says it is generated. They ship with meshdoc, so they are as they should be. */
export async function pageOf({ id, folder }: Entry): Promise<string> {
  const inside = await asset(`pages/${id}.md`);
  const text = inside
    ? new TextDecoder().decode(inside)
    : readPage(onDisk(`pages/${id}.md`, `${folder}/README.md`));
  return text.replace(/^<!--.*-->\n\n/, '');
}

function readPage(path: string): string {
  const read = readText(path, { most: limits.files.head, links: 'follow' });
  if (!read.ok) throw new Error(`${path}: ${read.says}`);
  return read.text;
}

/** `stale/frozen` and what follows, up to the next heading. */
export function partOf(page: string, code: string): string | undefined {
  const heading = `### ${code}\n`;
  const start = page.indexOf(`\n${heading}`);
  if (start < 0) return undefined;
  const rest = page.slice(start + heading.length + 1);
  const next = /^#{2,3} /m.exec(rest);
  return `${code}\n${rest.slice(0, next?.index)}`.trimEnd();
}
