// Fits a report into what a place accepts: less evidence first, then fewer parts, never half a part.
import type { Block, Room } from './outline.ts';

/** How one place writes each kind of block. */
export type Markup = (block: Block) => string;

/** `must` is the verdict and always kept; `may` goes from its end until the rest fits. */
export type Composed = { readonly must: readonly Block[]; readonly may: readonly Block[] };

export function fit(
  limit: number,
  rooms: readonly Room[],
  compose: (room: Room) => Composed,
  markup: Markup,
  note: string,
): string {
  let parts: Composed = { must: [], may: [] };
  for (const room of rooms) {
    parts = compose(room);
    const whole = write([...parts.must, ...parts.may], markup);
    if (whole.length <= limit) return whole;
  }
  const noted: Block = { is: 'text', text: note };
  const size = (blocks: readonly Block[]) => write([...blocks, noted], markup).length;
  let may = [...parts.may];
  while (may.length > 0 && size([...parts.must, ...may]) > limit) may = may.slice(0, -1);
  // A label that led to a part which did not fit would promise what is not there.
  while (may.at(-1)?.is === 'text' || may.at(-1)?.is === 'item') may = may.slice(0, -1);
  return write([...parts.must, ...may, noted], markup);
}

export function write(blocks: readonly Block[], markup: Markup): string {
  const written = blocks.map((block, i) => {
    const tight = block.is === 'item' && blocks[i + 1]?.is === 'item';
    return markup(block) + (tight ? '\n' : '\n\n');
  });
  return `${written.join('').trimEnd()}\n`;
}
