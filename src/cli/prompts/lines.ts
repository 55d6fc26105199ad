// Questions for a terminal that cannot move its cursor (TERM=dumb, an editor's shell), for a screen reader, and for a
// Node that the prompt library does not run on: a numbered list, and a line to type.
import { createInterface } from 'node:readline/promises';
import { bounded, noLimit } from '../../core/deadline.ts';
import type { Answer, Option, Question } from '../../triage/question.ts';
import type { PromptOptions, Prompts } from './prompts.ts';
import { inRow, plainText } from './screen.ts';

/** Options shown at a time; typing a word finds the others. */
const most = 20;

type Line = { readonly is: 'line'; readonly text: string } | { readonly is: 'out' };

export function linePrompts(o: PromptOptions): Prompts {
  const say = (text: string): void =>
    void o.stdout.write(plainText(`${text}\n`, { ...o, color: false }));
  const read = (prompt: string) => readLine(o, prompt);
  return {
    ask: (question) =>
      question.is === 'type' ? typed(question, say, read) : chosen(question, say, read),
  };
}

function readLine(o: PromptOptions, prompt: string): Promise<Line> {
  return bounded(noLimit, o.leave(), async (signal) => {
    if (signal.aborted) return { is: 'out' };
    const lines = createInterface({ input: o.stdin, output: o.stdout, terminal: false });
    const closed = new Promise<Line>((resolve) => {
      lines.once('close', () => {
        resolve({ is: 'out' });
      });
    });
    const asked = lines.question(prompt, { signal }).then(
      (text): Line => ({ is: 'line', text }),
      (): Line => ({ is: 'out' }),
    );
    const line = await Promise.race([asked, closed]);
    lines.close();
    return line;
  });
}

type Say = (text: string) => void;
type ReadLine = (prompt: string) => Promise<Line>;

async function typed(
  question: Extract<Question, { is: 'type' }>,
  say: Say,
  read: ReadLine,
): Promise<Answer> {
  say(`\n${inRow(question.says)} (for example: ${question.example})`);
  for (;;) {
    const line = await read('> ');
    if (line.is === 'out') return { is: 'out' };
    const wrong = question.check(line.text);
    if (wrong === undefined) return { is: 'went', to: question.goes(line.text) };
    say(wrong);
  }
}

async function chosen(
  question: Exclude<Question, { is: 'type' }>,
  say: Say,
  read: ReadLine,
): Promise<Answer> {
  const ask = (query: string) =>
    question.is === 'search' ? question.options(query) : question.options;
  let options = list(ask(''), say, question.says);
  for (;;) {
    const line = await read(
      question.is === 'search' ? 'A number, or words to find> ' : 'A number> ',
    );
    if (line.is === 'out') return { is: 'out' };
    const text = line.text.trim();
    if (text === 'back') return { is: 'back' };
    const picked = options[text === '' ? 0 : Number(text) - 1];
    if (picked) return { is: 'went', to: picked.goes };
    options = list(ask(question.is === 'search' ? text : ''), say, question.says);
  }
}

function list(options: readonly Option[], say: Say, says: string): readonly Option[] {
  say(`\n${inRow(says)} ("back" goes back)`);
  for (const [i, { label, hint }] of options.slice(0, most).entries()) {
    say(`  ${i + 1}) ${inRow(label)}${hint === undefined ? '' : ` (${inRow(hint)})`}`);
  }
  if (options.length > most) say(`  and ${options.length - most} more: type a part of the name`);
  return options.slice(0, most);
}
