// What each door lets through, and how wide a terminal is that does not say.
import { PassThrough } from 'node:stream';
import ora from 'ora';
import { describe, expect, test } from 'vitest';
import { doored } from '../../src/cli/door.ts';
import { messageText } from '../../src/cli/message.ts';
import { helpWidth } from '../../src/cli/help.ts';
import type { Io, ProcessIo } from '../../src/cli/io.ts';
import { columnsOf, isDrawable, rowsOf, styleFor, widthOf } from '../../src/cli/terminal.ts';
import { clipboard } from '../../src/triage/osc52.ts';
import { hostile, unseenIn } from '../helpers/unseen.ts';

type Size = { readonly columns?: number; readonly rows?: number };

/** A process whose terminal keeps what is drawn. */
function doors(size: Size = { columns: 90, rows: 30 }): { io: Io; text: () => string } {
  let text = '';
  const keep = (more: string): boolean => {
    text += more;
    return true;
  };
  const stream = Object.assign(new PassThrough(), { ...size, isTTY: true, write: keep });
  const given = { out: keep, err: keep, stdout: stream, stderr: stream };
  return { io: doored(given as unknown as ProcessIo), text: () => text };
}

const bold = '\x1b[1m\x1b[31mSTALE\x1b[39m\x1b[22m';

describe('a report', () => {
  test('has our colours where it was asked for in colour', () => {
    const { io, text } = doors();
    io.out(`${bold}\n`, 'colour');
    io.out(`${bold}\n`);
    const shown = bold.replaceAll('\x1b', '\\u001b');
    expect(text()).toBe(`${bold}\n${shown}\n`);
  });

  test('and nothing else', () => {
    const { io, text } = doors();
    io.out(hostile, 'colour');
    io.out('\x1b[8m\x1b[5m\x1b[41m\x1b[38;5;1m\x1b]8;;x\x07', 'colour');
    const left = text().replaceAll('\x1b[31m', '').replaceAll('\x1b[0m', '');
    expect(unseenIn(left)).toBeUndefined();
  });
});

describe('a message', () => {
  test.each([
    ['meshdoc: a\x1b[31mb\n', 'meshdoc: a\\u001b[31mb\n'],
    ['meshdoc: a\nmeshdoc: all is well\n', 'meshdoc: a meshdoc: all is well\n'],
    ['meshdoc: a\r\x1b[2Kb\n', 'meshdoc: a \\u001b[2Kb\n'],
    ['meshdoc: a \n\n  at line 3:\n', 'meshdoc: a at line 3:\n'],
    ['    at main (x.js:1:2)\n', '    at main (x.js:1:2)\n'],
    ['\r\x1b[2Krun 3', '\r\x1b[2Krun 3'],
    ['\n', '\n'],
    ['', ''],
  ])('%j', (given, wanted) => {
    expect(messageText(given)).toBe(wanted);
  });
});

describe('a screen', () => {
  test('moves and paints, and sets no title', () => {
    const { io, text } = doors();
    io.stdout.write(`\x1b[?25l\x1b[2A\x1b[1G\x1b[J${bold}\r\x1b[?25h`);
    expect(text()).toBe(`\x1b[?25l\x1b[2A\x1b[1G\x1b[J${bold}\r\x1b[?25h`);
    io.stdout.write('\x1b]0;title\x07\x1b]52;c;eA==\x07\x1bc\u202e');
    expect(unseenIn(text().slice(text().indexOf('\\u001b')))).toBeUndefined();
  });

  test('ora draws through it', async () => {
    const { io, text } = doors();
    const options = { stream: io.stderr, isEnabled: true, discardStdin: false };
    const spinner = ora({ ...options, text: 'one\x1b]0;x\x07', color: false }).start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    spinner.stop();
    expect(text()).toContain('one\\u001b]0;x\\u0007');
    expect(text()).toContain('\x1b[?25h');
  });

  test('says its size where it is known', () => {
    expect([doors().io.stdout.columns, doors().io.stdout.rows]).toEqual([90, 30]);
    const unknown = doors({ columns: 0, rows: 0 }).io.stdout;
    expect([unknown.columns, unknown.rows]).toEqual([undefined, undefined]);
  });
});

describe('the clipboard', () => {
  test.each([true, false])('takes what we copy (multiplexed: %s)', (multiplexed) => {
    const { io, text } = doors();
    const copy = clipboard(`kubectl 'x\x1b\u202e'`, multiplexed);
    if (copy.is === 'sequence') io.clipboard(copy.bytes);
    expect(text()).toBe(copy.is === 'sequence' ? copy.bytes : '');
  });

  test.each(['\x1b]52;c;eA==\x07\x1b]0;x\x07', '\x1b]52;p;!\x07', 'x', '\x1b]52;c;?\x07'])(
    'takes no %j',
    (sequence) => {
      const { io, text } = doors();
      io.clipboard(sequence);
      expect(text()).toBe('');
    },
  );
});

describe('a width', () => {
  const style = { color: 'never', verbose: false } as const;
  const odd = [undefined, 0, 1, -1, 19, 1.5, NaN, Infinity, 1e9, 1001];

  test.each(odd)(
    'of %s is not known: 80 columns on a terminal, and nothing is drawn',
    (columns) => {
      const stream = { isTTY: true, columns, rows: columns } as const;
      expect(columnsOf(stream)).toBeUndefined();
      expect(widthOf(stream)).toBe(80);
      expect(helpWidth(stream)).toBe(80);
      expect(styleFor(style, { COLUMNS: '3' }, stream).width).toBe(80);
      expect(isDrawable(stream)).toBe(false);
    },
  );

  test('of what is no terminal is that of an ordinary one', () => {
    expect([widthOf({}), helpWidth({}), styleFor(style, {}, {}).width]).toEqual([80, 80, 80]);
    expect(styleFor(style, {}, {}).height).toBe(24);
    expect(isDrawable({ columns: 100 })).toBe(false);
  });

  test.each([
    [20, 40],
    [40, 40],
    [80, 80],
    [300, 120],
  ])('of %d is believed', (columns, width) => {
    const stream = { isTTY: true, columns, rows: 24 };
    expect([columnsOf(stream), rowsOf(stream), isDrawable(stream)]).toEqual([columns, 24, true]);
    expect(styleFor(style, {}, stream).width).toBe(width);
  });
});
