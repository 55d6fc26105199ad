// A command line that is still being typed: which command, which flags so far, and what the last word will be.
import type { Command, Option } from 'commander';

/** What the word under the cursor is. */
export type Wanted =
  | { readonly is: 'command' }
  | { readonly is: 'flag' }
  | { readonly is: 'value'; readonly flag: Option }
  /** `at` counts the words before it that are no flags: 0 is the command's first argument. */
  | { readonly is: 'argument'; readonly at: number };

export type Line = {
  readonly wanted: Wanted;
  /** What is typed of it: of `--context=pro`, `pro`. */
  readonly typed: string;
  readonly command: Command | undefined;
  /** The flags that may be given: before a command is named, those of all. */
  readonly options: readonly Option[];
  /** The arguments before it. */
  readonly words: readonly string[];
  /** The flags before it, by commander's names, as commander would hand them to a command. */
  readonly flags: Readonly<Record<string, unknown>>;
};

/** `typed` are the words behind the program's name, as a shell splits them; the last one may be empty. */
export function readLine(program: Command, typed: readonly string[], home: string): Line {
  const all = typed.length === 0 ? [''] : typed.map((word) => plain(word, home));
  const last = all.at(-1) ?? '';
  const read = before(program, all.slice(0, -1));
  const { command, words, flags, open } = read;
  const options = optionsOf(program, command);
  const rest = { command, options, words, flags };
  if (open) return { wanted: { is: 'value', flag: open }, typed: last, ...rest };
  if (!read.ended && last.startsWith('-')) {
    const cut = last.indexOf('=');
    const flag = cut < 0 ? undefined : flagOf(options, last.slice(0, cut));
    if (flag) return { wanted: { is: 'value', flag }, typed: last.slice(cut + 1), ...rest };
    return { wanted: { is: 'flag' }, typed: last, ...rest };
  }
  // Words without a command in front: the first one is none.
  const wanted: Wanted =
    command || words.length > 0 ? { is: 'argument', at: words.length } : { is: 'command' };
  return { wanted, typed: last, ...rest };
}

type Before = Pick<Line, 'command' | 'words' | 'flags'> & {
  /** The flag whose value comes next. */
  readonly open: Option | undefined;
  /** A bare `--`: flags have ended. */
  readonly ended: boolean;
};

function before(program: Command, words: readonly string[]): Before {
  let command: Command | undefined;
  let open: Option | undefined;
  let ended = false;
  const plainWords: string[] = [];
  const flags: Record<string, unknown> = {};
  for (const word of words) {
    if (open) {
      give(flags, open, word);
      open = undefined;
    } else if (!ended && word === '--') ended = true;
    else if (!ended && word.startsWith('-') && word !== '-') {
      const [name, value] = parted(word);
      const flag = flagOf(optionsOf(program, command), name);
      if (flag && takesValue(flag) && value === undefined) open = flag;
      else if (flag) give(flags, flag, value);
    } else if (command || plainWords.length > 0) plainWords.push(word);
    else {
      command = program.commands.find((c) => c.name() === word);
      if (!command) plainWords.push(word);
    }
  }
  return { command, words: plainWords, flags, open, ended };
}

/** `--name=value`, or `-nvalue` of a flag with one letter. */
function parted(word: string): readonly [string, string?] {
  if (word.startsWith('--')) {
    const cut = word.indexOf('=');
    return cut < 0 ? [word] : [word.slice(0, cut), word.slice(cut + 1)];
  }
  return word.length > 2 ? [word.slice(0, 2), word.slice(2)] : [word];
}

/** Flags may stand before the command, so without one every command's flags are known. */
function optionsOf(program: Command, command: Command | undefined): readonly Option[] {
  return command ? command.options : [program, ...program.commands].flatMap((c) => c.options);
}

function flagOf(options: readonly Option[], name: string): Option | undefined {
  return options.find((option) => option.long === name || option.short === name);
}

function takesValue(flag: Option): boolean {
  return flag.required || flag.optional;
}

/** `--as-group` may be repeated: its default is a list. */
function give(flags: Record<string, unknown>, flag: Option, value: string | undefined): void {
  const name = flag.attributeName();
  if (!Array.isArray(flag.defaultValue)) flags[name] = value ?? !flag.negate;
  else flags[name] = [...((flags[name] as string[] | undefined) ?? []), value ?? ''];
}

/** The shells hand over words as they were typed: quoted, with an unexpanded `~`. */
function plain(word: string, home: string): string {
  const bare = word.replace(/^(["'])(.*?)\1?$/s, '$2').replace(/\\(.)/g, '$1');
  return bare.replace(/(^|=)~(?=\/)/, `$1${home}`);
}
