// Questions on a terminal, by @clack/prompts: the only file that knows it. It wants Node 20.12, so it is loaded only
// where that is there; `lines.ts` stands in elsewhere.
import { autocomplete, isCancel, select, text } from '@clack/prompts';
import { bounded, noLimit } from '../../core/deadline.ts';
import type { Answer, Option, Question } from '../../triage/question.ts';
import { cutRow, wrap } from '../../report/wrap.ts';
import { widthOf } from '../terminal.ts';
import type { PromptOptions, Prompts } from './prompts.ts';
import { inRow, screen } from './screen.ts';

type Common = {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
};
type Key = { readonly name?: string; readonly ctrl?: boolean };

/**
 * What stands beside an option: the guide, the mark, the hint's brackets. Where the library breaks rows that are too long
 * it also counts the guide's colour codes (`columnPadding` of its limitOptions).
 */
const margin = { search: 8, choose: 18 };

export function clackPrompts(o: PromptOptions): Prompts {
  const output = screen(o.stdout, o);
  return {
    ask: (question) => bounded(noLimit, o.leave(), (leave) => ask(question, leave, o, output)),
  };
}

async function ask(
  question: Question,
  leave: AbortSignal,
  { stdin, stdout }: PromptOptions,
  output: NodeJS.WritableStream,
): Promise<Answer> {
  if (leave.aborted) return { is: 'out' };
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  leave.addEventListener('abort', end, { once: true });
  let last: Key = {};
  const onKey = (_: unknown, key: Key): void => {
    last = key;
    // The library would wait on for ever: readline closes itself on an empty line.
    if (key.ctrl === true && key.name === 'd') end();
  };
  stdin.on('keypress', onKey);
  try {
    const common = { input: stdin, output, signal: ending.signal };
    const answer = await put(question, common, widthOf(stdout));
    if (answer) return answer;
    return last.name === 'escape' && !ending.signal.aborted ? { is: 'back' } : { is: 'out' };
  } finally {
    stdin.off('keypress', onKey);
  }
}

/** `undefined` when it was given up. */
async function put(
  question: Question,
  common: Common,
  columns: number,
): Promise<Answer | undefined> {
  // Under the mark; the library would let the terminal break it, within a word.
  const message = wrap(inRow(question.says), columns - 4).join('\n   ');
  if (question.is === 'type') {
    const { example: placeholder, check } = question;
    const said = await text({
      ...common,
      message,
      placeholder,
      validate: (t = '') => check(t),
    } as never);
    return isCancel(said) ? undefined : { is: 'went', to: question.goes(said) };
  }
  const shown = (option: Option) => rowOf(option, columns - margin[question.is]);
  if (question.is === 'choose') {
    const options = question.options.map(shown);
    const key = await select({ ...common, message, options, showInstructions: false } as never);
    return went(question.options, key as string | symbol);
  }
  const asked = remembered(question.options);
  const key = await autocomplete({
    ...common,
    message,
    placeholder: question.example,
    options(this: { userInput: string }) {
      return asked(this.userInput).map(shown);
    },
    filter: () => true,
    maxItems: 12,
  } as never);
  return went(asked.all(), key as string | symbol);
}

function went(options: readonly Option[], key: string | symbol): Answer | undefined {
  const chosen = options.find((option) => option.key === key);
  return chosen && { is: 'went', to: chosen.goes };
}

/**
 * The library asks for its options several times a keystroke, and leaves the cursor on an option that is in the next list,
 * too: wherever it stands there. With keys of their own for each query the cursor is on the best match.
 */
function remembered(options: (query: string) => readonly Option[]) {
  const known = new Map<string, readonly Option[]>();
  const ask = (query = ''): readonly Option[] => {
    const keyed = ({ key, ...option }: Option) => ({ ...option, key: `${query}: ${key}` });
    const found = known.get(query) ?? options(query).map(keyed);
    known.set(query, found);
    return found;
  };
  return Object.assign(ask, { all: () => [...known.values()].flat() });
}

/** On one row, so that the list does not jump: the name whole, of the hint what fits. */
function rowOf({ key, label, hint }: Option, room: number) {
  const name = cutRow(inRow(label), room, '...');
  const left = room - name.length - 3;
  const says = hint !== undefined && left > 12 ? { hint: cutRow(inRow(hint), left, '...') } : {};
  return { value: key, label: name, ...says };
}
