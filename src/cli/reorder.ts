// Flags may stand before the command as well as behind it: `meshdoc --context prod diagnose stale web` is what
// meshdoc itself prints, and what a person types who comes from kubectl.
import type { Command } from 'commander';

/** The words with the command first. Words that name no command stay as they are. */
export function commandFirst(program: Command, argv: readonly string[]): readonly string[] {
  const at = commandAt(program, argv);
  if (at <= 0) return argv;
  const [name = '', ...behind] = argv.slice(at);
  return [name, ...argv.slice(0, at), ...behind];
}

function commandAt(program: Command, argv: readonly string[]): number {
  const names = new Set(program.commands.map((command) => command.name()));
  const valued = new Set(
    program.commands.flatMap((command) =>
      command.options.filter((o) => o.required).flatMap((o) => [o.short, o.long]),
    ),
  );
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    if (names.has(word)) return i;
    if (!word.startsWith('-')) return -1;
    // The word behind a flag that takes a value is that value, whatever it is called.
    if (valued.has(word)) i += 1;
  }
  return -1;
}
