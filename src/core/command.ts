// Commands for a person to paste. They are data until `shell` prints them; nothing here can run one.
import { heldLine, heldWords } from './argv.ts';

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

// The door of every command: of what begins with a dash only our own flags get into one (argv.ts).
export function kubectl(...args: readonly string[]): Command {
  return { argv: ['kubectl', ...heldWords('kubectl', args)] };
}

export function istioctl(...args: readonly string[]): Command {
  return { argv: ['istioctl', ...heldWords('istioctl', args)] };
}

export function linkerd(...args: readonly string[]): Command {
  return { argv: ['linkerd', ...heldWords('linkerd', args)] };
}

export function meshdoc(...args: readonly string[]): Command {
  return { argv: ['meshdoc', ...heldWords('meshdoc', args)] };
}

/** `command | grep ...`, for commands whose full output nobody wants to read. */
export function piped(command: Command, program: string, ...words: readonly string[]): Command {
  return { ...command, pipe: heldLine(program, words) };
}

/** A port-forward shows nothing by itself: `command & sleep 2; <asks the port>; kill $!`. */
export function during(command: Command, program: string, ...words: readonly string[]): Command {
  return { ...command, meanwhile: heldLine(program, words) };
}

/** One line of POSIX shell (more with a here-document) that reaches the same cluster as the diagnosis did. */
export function shell(command: Command, reach: Reach = {}): string {
  const line = reaching(command.argv, reach);
  const pipe = command.pipe ? ` | ${piping(command.pipe, reach)}` : '';
  const end = command.stdin === undefined ? '' : endOf(command.stdin);
  const heredoc =
    command.stdin === undefined ? '' : ` <<'${end}'\n${command.stdin.trimEnd()}\n${end}`;
  if (command.meanwhile) {
    const asks = command.meanwhile.map(quote).join(' ');
    return `${line} >/dev/null & sleep 2; ${asks} </dev/null${pipe}; kill $!`;
  }
  return line + heredoc.replace('\n', () => `${pipe}\n`) + (heredoc ? '' : pipe);
}

/** A line that the text does not hold: there it would end, and the rest would be typed into the shell. */
function endOf(stdin: string): string {
  const lines = new Set(stdin.split(/\r?\n/));
  let end = 'EOF';
  for (let n = 1; lines.has(end); n += 1) end = `EOF${n}`;
  return end;
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

/** A POSIX shell word: bare when it needs nothing, single-quoted otherwise. (zsh looks for the program `x` where `=x` stands.) */
export function quote(word: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
