// Commands for a person to paste. They are data until `shell` prints them; nothing here can run one.
import { words, wordsOf, type Value, type Words } from './argv.ts';
import { visible } from './text.ts';

/** A command line as data: no quoting until it is printed, so nothing is ever spliced into a shell. */
export type Command = {
  /** The program, and its words. */
  readonly argv: readonly [string, ...string[]];
  /** Printed as a here-document. */
  readonly stdin?: string;
  /** A filter a person would put behind a pipe: `grep 'ACK ERROR'`. */
  readonly pipe?: readonly string[];
  /** What is typed while this one holds a port open; then it is ended. */
  readonly meanwhile?: readonly string[];
  /** The same question in other places, typed behind it. */
  readonly also?: readonly (readonly [string, ...string[]])[];
};

/** Which cluster a pasted command must reach, as flags every one of these programs understands. */
export type Reach = {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
};

// The door of every command: what is written between the quotes is ours, what is put into it are names (argv.ts).
export const kubectl = program('kubectl');
export const meshdoc = program('meshdoc');

/** The same for a program of a mesh: its folder in src/meshes has it. */
export function program(name: string) {
  return (ours: TemplateStringsArray, ...values: readonly Value[]): Command => ({
    argv: [name, ...wordsOf(words(ours, ...values))],
  });
}

/** `command | grep ...`, for commands whose full output nobody wants to read. */
export function piped(command: Command, filter: Words): Command {
  return { ...command, pipe: wordsOf(filter) };
}

/** A port-forward shows nothing by itself: `command & sleep 2; <asks the port>; kill $!`. */
export function during(command: Command, asks: Words): Command {
  return { ...command, meanwhile: wordsOf(asks) };
}

/** The same question in each of these places: `kubectl get x -n a; kubectl get x -n b`. */
export function inEach(
  places: readonly string[] | string,
  command: (place: string) => Command,
): Command {
  const all = typeof places === 'string' ? [places] : [...new Set(places)];
  const [first = '', ...others] = all;
  const also = others.map((place) => command(place).argv);
  return also.length === 0 ? command(first) : { ...command(first), also };
}

/**
 * One line of POSIX shell (more with a here-document) that reaches the same cluster as the diagnosis did. What nobody
 * can see is escaped as JSON does it: the documents and patches in here are JSON, and mean the same.
 */
export function shell(command: Command, reach: Reach = {}): string {
  return visible(typed(command, reach));
}

function typed(command: Command, reach: Reach): string {
  const line = reaching(command.argv, reach);
  const pipe = command.pipe ? ` | ${piping(command.pipe, reach)}` : '';
  const heredoc = command.stdin === undefined ? '' : hereDocument(command.stdin.trimEnd());
  if (command.meanwhile) {
    const asks = command.meanwhile.map(quote).join(' ');
    return `${line} >/dev/null & sleep 2; ${asks} </dev/null${pipe}; kill $!`;
  }
  if (command.also) {
    const lines = [command.argv, ...command.also].map((argv) => reaching(argv, reach) + pipe);
    return lines.join('; ');
  }
  return line + heredoc.replace('\n', () => `${pipe}\n`) + (heredoc ? '' : pipe);
}

/** Its last line is one that the text has not: it would end there, and the rest would be commands. */
function hereDocument(text: string): string {
  const lines = new Set(text.split(/\r?\n/));
  let end = 'EOF';
  for (let n = 2; lines.has(end); n += 1) end = `EOF${n}`;
  return ` <<'${end}'\n${text}\n${end}`;
}

/**
 * Only a POSIX shell reads it. fish has no here-documents, no `$!` and no `${CTX:?}`
 * (fish-shell doc_src/fish_for_bash_users.rst).
 */
export function needsPosix(command: Command): boolean {
  return command.stdin !== undefined || command.meanwhile !== undefined;
}

/** What stands behind a pipe may be `kubectl apply`, which must not go to another cluster. */
function piping(pipe: readonly string[], reach: Reach): string {
  return pipe[0] === 'kubectl' ? reaching(pipe, reach) : pipe.map(quote).join(' ');
}

function reaching([program = '', ...args]: readonly string[], reach: Reach): string {
  return [program, ...reachFlags(reach), ...args.map(quote)].join(' ');
}

function reachFlags(reach: Reach): readonly string[] {
  const flag = (name: string, value: string | undefined) => {
    if (!value) return [];
    // A value that begins with a dash is no flag only where it stands behind `=`.
    return value.startsWith('-') ? [quote(`${name}=${value}`)] : [name, quote(value)];
  };
  return [
    ...flag('--kubeconfig', reach.kubeconfig),
    ...(reach.context === contextVariable
      ? ['--context', '"${CTX:?}"']
      : flag('--context', reach.context)),
    ...flag('--as', reach.as),
    ...(reach.asGroups ?? []).flatMap((group) => flag('--as-group', group)),
  ];
}

/**
 * As a context: whatever `CTX` is set to where the command is pasted. An unset one ends the command: an empty --context
 * would mean whatever cluster is current.
 */
export const contextVariable = '$CTX';

/**
 * A POSIX shell word: bare when it needs nothing, single-quoted otherwise. Two backslashes, and one before a quote,
 * stand outside the quotes: fish takes those inside for one (fish-shell doc_src/language.rst, "Quotes").
 */
export function quote(word: string): string {
  return bare.test(word) ? word : `'${word.replace(unquotable, escapedOutside)}'`;
}

/** zsh looks a program up by `=ls`, and fish takes `%self` for a number. */
const bare = /^[\w@+:,./-][\w@%+=:,./-]*$/;

const unquotable = /'|\\{2,}|\\(?=')|\\$/g;

function escapedOutside(marks: string): string {
  return `'${marks.replace(/[\\']/g, '\\$&')}'`;
}
