// The session of the README: what a reader gets who types the same.
import { demoCommand } from '../cli/commands/demo.ts';
import type { Io } from '../cli/io.ts';
import { runOptions } from '../cli/options.ts';

/** One that shows what a report has, in few lines. */
const incident = 'frozen';

/** Markdown: as it is printed into a file. */
export async function readmeSession(): Promise<string> {
  const printed: string[] = [];
  const io = {
    out: (text: string) => printed.push(text),
    stdout: {},
    stderr: {},
    env: { LANG: 'C.UTF-8' },
    interrupt: new AbortController().signal,
  } as unknown as Io;
  await demoCommand(incident, runOptions({}), io);
  return `\`\`\`text\n$ meshdoc demo ${incident}\n${printed.join('').trimEnd()}\n\`\`\``;
}
