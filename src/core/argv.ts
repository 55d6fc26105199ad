// Which words of a printed command may begin with a dash: flags that stand here, and nothing else. A name, a host or a
// word of a log may begin with one, and what reads a command line takes it for a flag (`kubectl delete pod --all`).

/** Stands in a command where a word was that begins with a dash and is no flag of ours. */
export const typeYourself = '<begins with a dash, type it yourself>';

/** What a fix says of such a command. */
export const heldNote =
  'A name in this command begins with a dash, and a program would take it for a flag, so it is left out: type it yourself, behind --.';

type Flags = {
  /** `-A` */
  readonly alone: readonly string[];
  /** The next word is its value: `-n shop`. */
  readonly valued: readonly string[];
  /** Its value is in the same word, behind `=`: `--replicas=1`. */
  readonly attached: readonly string[];
};

/** A flag that a new command needs is added here. */
const flags: Readonly<Record<string, Flags>> = {
  kubectl: {
    alone: [
      ...['-A', '--containers', '--dry-run=client', '--minify', '--no-headers', '--overwrite'],
      ...['--prefix', '--previous', '--show-labels'],
    ],
    valued: ['-c', '-f', '-l', '-L', '-n', '-o', '-p', '--field-selector', '--raw', '--type'],
    attached: [
      ...['--from-file', '--limits', '--replicas', '--requests', '--since', '--subresource'],
      ...['--tail', '--type'],
    ],
  },
  istioctl: {
    alone: ['--overwrite', '-y'],
    valued: ['-i', '-n', '-o', '-v', '--revision', '--status', '--workload-namespace'],
    attached: [],
  },
  linkerd: {
    alone: ['--force', '--proxy'],
    valued: ['-L', '-n', '-o', '-t', '--expected-version', '--wait'],
    attached: ['--identity-issuer-certificate-file', '--identity-issuer-key-file'],
  },
  meshdoc: {
    alone: [],
    valued: [
      ...['-i', '-L', '-n', '-r', '--header', '--method', '--path', '--prometheus'],
      ...['--serviceaccount', '--user'],
    ],
    attached: ['--header', '--method', '--path'],
  },
  grep: { alone: ['-E', '-iE', '-vc'], valued: [], attached: [] },
  openssl: {
    alone: ['-noout', '-subject', '-issuer', '-dates', '-fingerprint', '-sha256'],
    valued: ['-connect', '-servername'],
    attached: [],
  },
  wc: { alone: ['-l'], valued: [], attached: [] },
  wget: { alone: ['-qO-'], valued: [], attached: [] },
};

const none: Flags = { alone: [], valued: [], attached: [] };

/** The same words; in place of each that begins with a dash and is no flag of ours stands `typeYourself`. */
export function heldWords(program: string, words: readonly string[]): readonly string[] {
  const inside = program === 'kubectl' && words[0] === 'exec' ? words.indexOf('--') : -1;
  if (inside >= 0) {
    // What stands behind it is the command line of another program, inside a container.
    const [other = '', ...rest] = words.slice(inside + 1);
    return [...heldWords(program, words.slice(0, inside)), '--', ...heldLine(other, rest)];
  }
  const known = flags[program] ?? none;
  let isValue = false;
  return words.map((word, i) => {
    const mayBeFlag = !isValue;
    isValue = mayBeFlag && known.valued.includes(word) && i + 1 < words.length;
    return !isDashed(word) || isValue || (mayBeFlag && isFlag(word, known)) ? word : typeYourself;
  });
}

/** A whole line: the program's own name may not begin with a dash either. */
export function heldLine(program: string, words: readonly string[]): readonly string[] {
  return [isDashed(program) ? typeYourself : program, ...heldWords(program, words)];
}

function isFlag(word: string, known: Flags): boolean {
  const name = word.slice(0, Math.max(0, word.indexOf('=')));
  return known.alone.includes(word) || known.attached.includes(name);
}

/** `-` alone is standard input, and `- ` begins a list in a text. */
function isDashed(text: string): boolean {
  return /^-[^\s]/.test(text);
}

/** Whether a word of it had to be left out. */
export function isHeld(command: { readonly argv: readonly string[] }): boolean {
  return command.argv.some((word) => word.includes(typeYourself));
}

/** A value as it may stand in a command: one that begins with a dash may not, whatever flag it looks like. */
export function heldValue<T>(value: T): T {
  return held(value) as T;
}

function held(value: unknown): unknown {
  if (typeof value === 'string') return isDashed(value) ? typeYourself : value;
  if (Array.isArray(value)) return value.map(held);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, held(inner)]));
}
