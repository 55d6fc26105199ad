// `meshdoc completion <shell>`: prints the script that makes a shell ask `meshdoc complete`.
import { bashScript, kubectlScript } from '../completion/bash.ts';
import type { Shell } from '../completion/shells.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';

export async function completionCommand(shell: Shell, io: Io): Promise<ExitCode> {
  io.out(await scriptOf(shell));
  return exitCodes.healthy;
}

async function scriptOf(shell: Shell): Promise<string> {
  if (shell === 'bash') return bashScript;
  if (shell === 'kubectl') return kubectlScript;
  const { script } = await import('@bomb.sh/tab');
  const text = printed(() => {
    script(shell, 'meshdoc', 'meshdoc');
  });
  return shell === 'zsh' ? text.replace(lostBackslash, kept) : text;
}

/** A ":" in a name must not end it: one backslash too few in 0.0.22, against cobra's original. */
const lostBackslash = '${comp//:/\\:}';
const kept = () => '${comp//:/\\\\:}';

/** The library prints its scripts; here they are text, like everything a command makes. */
function printed(print: () => void): string {
  const lines: string[] = [];
  const real = globalThis.console;
  const keep = (line: string) => void lines.push(line);
  globalThis.console = { ...real, log: keep };
  try {
    print();
  } finally {
    globalThis.console = real;
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
