// Commands for a person to paste. They are data until `shell` prints them; nothing here can run one.
import { visible } from './text.ts';

/** Programs a printed command may start with. */
export type Program = 'kubectl' | 'istioctl' | 'linkerd' | 'cilium' | 'consul-k8s' | 'meshdoc';

/** A command line as data: no quoting until it is printed, so nothing is ever spliced into a shell. */
export type Command = {
  readonly argv: readonly [Program, ...string[]];
  /** Printed as a here-document. */
  readonly stdin?: string;
  /** A filter a person would put behind a pipe: `grep 'ACK ERROR'`. */
  readonly pipe?: readonly string[];
  /** What is typed while this one holds a port open; then it is ended. */
  readonly meanwhile?: readonly string[];
};

/** Which cluster a pasted command must reach, as flags every one of these programs understands. */
export type Reach = {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
};

export function kubectl(...args: readonly string[]): Command {
  return { argv: ['kubectl', ...args] };
}

export function istioctl(...args: readonly string[]): Command {
  return { argv: ['istioctl', ...args] };
}

export function linkerd(...args: readonly string[]): Command {
  return { argv: ['linkerd', ...args] };
}

export function meshdoc(...args: readonly string[]): Command {
  return { argv: ['meshdoc', ...args] };
}

/** `command | grep ...`, for commands whose full output nobody wants to read. */
export function piped(command: Command, ...pipe: readonly string[]): Command {
  return { ...command, pipe };
}

/** A port-forward shows nothing by itself: `command & sleep 2; <asks the port>; kill $!`. */
export function during(command: Command, ...meanwhile: readonly string[]): Command {
  return { ...command, meanwhile };
}

/**
 * One line of POSIX shell (more with a here-document) that reaches the same cluster as the diagnosis did. What nobody
 * can see is escaped as JSON does it: the documents and patches in here are JSON, and mean the same.
 */
export function shell(command: Command, reach: Reach = {}): string {
  return visible(typed(command, reach));
}

function typed(command: Command, reach: Reach): string {
  const [program, ...args] = command.argv;
  const line = [program, ...reachFlags(reach), ...args].map(quote).join(' ');
  const pipe = command.pipe ? ` | ${reaching(command.pipe, reach).map(quote).join(' ')}` : '';
  const heredoc = command.stdin === undefined ? '' : hereDocument(command.stdin.trimEnd());
  if (command.meanwhile) {
    const asks = command.meanwhile.map(quote).join(' ');
    return `${line} >/dev/null & sleep 2; ${asks} </dev/null${pipe}; kill $!`;
  }
  return line + heredoc.replace('\n', `${pipe}\n`) + (heredoc ? '' : pipe);
}

/** Its last line is one that the text has not: it would end there, and the rest would be commands. */
function hereDocument(text: string): string {
  const lines = new Set(text.split('\n'));
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
function reaching([program = '', ...args]: readonly string[], reach: Reach): readonly string[] {
  return program === 'kubectl' ? [program, ...reachFlags(reach), ...args] : [program, ...args];
}

function reachFlags(reach: Reach): string[] {
  const flag = (name: string, value: string | undefined) => (value ? [name, value] : []);
  return [
    ...flag('--kubeconfig', reach.kubeconfig),
    ...flag('--context', reach.context),
    ...flag('--as', reach.as),
    ...(reach.asGroups ?? []).flatMap((group) => ['--as-group', group]),
  ];
}

/**
 * A POSIX shell word: bare when it needs nothing, single-quoted otherwise. `$CTX` stays live, and an unset one
 * ends the command: an empty --context would mean whatever cluster is current. Two backslashes, and one before a quote,
 * stand outside the quotes: fish takes those inside for one (fish-shell doc_src/language.rst, "Quotes").
 */
export function quote(word: string): string {
  if (word === '$CTX') return '"${CTX:?}"';
  return bare.test(word) ? word : `'${word.replace(unquotable, escapedOutside)}'`;
}

/** zsh looks a program up by `=ls`, and fish takes `%self` for a number. */
const bare = /^[\w@+:,./-][\w@%+=:,./-]*$/;

const unquotable = /'|\\{2,}|\\(?=')|\\$/g;

function escapedOutside(marks: string): string {
  return `'${marks.replace(/[\\']/g, '\\$&')}'`;
}
