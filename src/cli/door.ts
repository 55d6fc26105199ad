// Every byte to standard output and standard error goes through here, whoever wrote it and whatever it quotes. A
// message holds no escape sequence at all; a report only the colours of ours, and those only where it was asked for in
// colour; a screen moves its cursor as well; the clipboard takes its one sequence. Anything else that is unseen is
// printed as its escape. The colours and the movements are ours because text from elsewhere lost its own where it
// became `SafeText`: what a door alone could not tell, it does not have to.
import * as readline from 'node:readline';
import { Writable } from 'node:stream';
import { visible } from '../core/text.ts';
import type { Io, ProcessIo } from './io.ts';
import { messageRows, messageText } from './message.ts';
import { columnsOf, rowsOf } from './terminal.ts';

/** What `ink` paints with: bold and dim, five colours, and their ends. */
const painted = /\x1b\[(?:[0-2]|22|3[1-69])m/u;
/** What ora and @clack/prompts draw with: colours, the cursor, what is erased, modes of the terminal; never a title, never a link. */
const drawn = /\x1b\[[\d;]*[A-HJKm]|\x1b\[\?(?:25|2004|2026)[hl]|\r/u;
/** OSC 52, plain or wrapped for tmux, and nothing but base64 in it. */
const copied =
  /^(?:\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1bPtmux;\x1b\x1b\]52;c;[A-Za-z0-9+/=]*\x07\x1b\\)+$/;

/** `given` with a door in front of each way out. */
export function doored(given: ProcessIo): Io {
  return {
    ...given,
    out: (text, look = 'plain') => {
      given.out(visible(text, look === 'colour' ? painted : undefined));
    },
    err: (text) => {
      const columns = given.stderr.isTTY ? columnsOf(given.stderr) : undefined;
      given.err(messageRows(messageText(text), columns));
    },
    page: (text) => given.page(visible(text, painted)),
    clipboard: (sequence) => {
      if (copied.test(sequence)) given.out(sequence);
    },
    stdout: screen(given.stdout),
    stderr: screen(given.stderr),
  };
}

/** For what is drawn again and again: as wide and high as the terminal behind it, where that is known. */
function screen(given: NodeJS.WriteStream): NodeJS.WriteStream {
  const front = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _, done) => {
      try {
        given.write(visible(String(chunk), drawn));
      } catch (error) {
        // A file in its place may be on a full disk: whoever listens there decides.
        given.emit('error', error);
      }
      done();
    },
  });
  front.on('newListener', (event) => {
    if (event === 'resize' && front.listenerCount('resize') === 0)
      given.on('resize', () => front.emit('resize'));
  });
  return Object.defineProperties(front, {
    columns: { get: () => columnsOf(given) },
    rows: { get: () => rowsOf(given) },
    isTTY: { get: () => given.isTTY },
    cursorTo: { value: (x: number, y?: number) => readline.cursorTo(front, x, y) },
    moveCursor: { value: (dx: number, dy: number) => readline.moveCursor(front, dx, dy) },
    clearLine: { value: (dir: readline.Direction) => readline.clearLine(front, dir) },
  }) as unknown as NodeJS.WriteStream;
}
