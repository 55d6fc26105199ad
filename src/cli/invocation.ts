// Under which name the program was started: what it prints to be typed again says that name.
import type { Io } from './io.ts';

/** What a person types to start it. kubectl starts a plugin by the name of its file. */
export type ProgramName = 'meshdoc' | 'kubectl meshdoc';
export type Invocation = { readonly name: ProgramName; readonly words: readonly string[] };

/**
 * kubectl runs `kubectl-meshdoc` for `kubectl meshdoc`, and `kubectl_complete-meshdoc` with the words typed so
 * far to complete them (kubectl pkg/cmd/plugin/plugin_completion.go). krew's are links, and so are npm's: `started`
 * is the path as it was called, not what it points to.
 */
export function invocationOf(started: string, words: readonly string[]): Invocation {
  const file = started.split(/[\\/]/).at(-1) ?? '';
  const base = file.replace(/\.(js|exe|cmd)$/, '');
  if (base === 'kubectl_complete-meshdoc') {
    return { name: 'kubectl meshdoc', words: ['complete', '--', ...words] };
  }
  return { name: base === 'kubectl-meshdoc' ? 'kubectl meshdoc' : 'meshdoc', words };
}

/** What is printed through it calls the program by its name. `commands` tell a command line from a sentence. */
export function named(name: ProgramName, commands: () => readonly string[], io: Io): Io {
  if (name === 'meshdoc') return io;
  const renamed = (text: string) => {
    const behind = `\\[|--?[a-z]|(?:${commands().join('|')})\\b`;
    return text.replace(new RegExp(`(?<![\\w/.-]|kubectl )meshdoc(?= (?:${behind}))`, 'g'), name);
  };
  return {
    ...io,
    out: (text, look) => {
      io.out(renamed(text), look);
    },
    err: (text) => {
      io.err(renamed(text));
    },
    page: (text) => io.page(renamed(text)),
  };
}
