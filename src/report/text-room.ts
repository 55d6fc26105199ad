// How much of a diagnosis a screen has room for: the roomiest page that fits is shown.
import type { Ink } from './text-rows.ts';
import { rowsOf } from './wrap.ts';

export type Room = {
  /** Pieces of evidence, and rows of each beside the one that names it. */
  readonly pieces: number;
  readonly rows: number;
  /** Findings beside the first. */
  readonly also: number;
  /** Characters of a sentence that holds text from the cluster. */
  readonly prose: number;
  readonly fixes: number;
  readonly looks: number;
  /** With what a fix affects, and what a command shows; else commands and their names. */
  readonly said: boolean;
  readonly gaps: number;
};

/** From a tall terminal to one of 24 rows: proof goes first, what to do goes last. */
const rooms: readonly Room[] = [
  { pieces: 8, rows: 6, also: 6, prose: 480, fixes: 3, looks: 2, said: true, gaps: 6 },
  { pieces: 6, rows: 3, also: 6, prose: 480, fixes: 3, looks: 2, said: true, gaps: 6 },
  { pieces: 4, rows: 1, also: 4, prose: 360, fixes: 3, looks: 2, said: true, gaps: 4 },
  { pieces: 3, rows: 0, also: 3, prose: 300, fixes: 3, looks: 2, said: true, gaps: 3 },
  { pieces: 2, rows: 0, also: 2, prose: 300, fixes: 3, looks: 1, said: true, gaps: 2 },
  { pieces: 2, rows: 0, also: 2, prose: 240, fixes: 2, looks: 1, said: false, gaps: 2 },
  { pieces: 1, rows: 0, also: 1, prose: 200, fixes: 2, looks: 1, said: false, gaps: 1 },
  { pieces: 1, rows: 0, also: 1, prose: 160, fixes: 1, looks: 1, said: false, gaps: 1 },
];

/** The row of the prompt that follows. */
const prompt = 1;

/** A page too long even at its shortest is shown at its shortest. */
export function fitting(to: Ink, page: (room: Room) => readonly string[]): readonly string[] {
  const most = to.height - prompt;
  let shortest: readonly string[] = [];
  for (const room of rooms) {
    shortest = page(room);
    if (rowsOf(shortest, to.width) <= most) break;
  }
  return shortest;
}
