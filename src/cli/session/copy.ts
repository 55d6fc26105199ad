// Puts a command on the person's clipboard: through tmux when it is there, else by the terminal's own escape sequence.
// Nothing can tell whether a terminal took it, so the command is always printed, too.
import { execFile } from 'node:child_process';
import { clipboard, isMultiplexed } from '../../triage/osc52.ts';
import type { Io } from '../io.ts';

/** Says in a line what became of it. */
export async function copy(text: string, io: Io): Promise<string> {
  if (io.env['TERM'] === 'dumb') return 'Copy it from here:';
  // By default tmux drops what a program inside it sends to the clipboard (`set-clipboard external`, tmux(1)), but takes
  // it from its own command, and hands it on to the terminal with -w (tmux 3.2).
  if (io.env['TMUX'] && ((await load(text, ['-w'])) || (await load(text, [])))) {
    return "Copied, to tmux's buffer and the terminal's clipboard:";
  }
  const sent = clipboard(text, isMultiplexed(io.env));
  if (sent.is === 'too-long') return 'Too long for the clipboard; copy it from here:';
  io.clipboard(sent.bytes);
  return "Sent to the terminal's clipboard; if it does not take it, copy it from here:";
}

function load(text: string, flags: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const tmux = execFile('tmux', ['load-buffer', ...flags, '-'], { timeout: 2000 }, (error) => {
      resolve(error === null);
    });
    tmux.stdin?.on('error', () => undefined).end(text);
  });
}
