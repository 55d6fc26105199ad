// What is wrong with a command line, in one line that ends with what to type. Commander's own sentences are for whoever
// wrote the program; none of them is printed.
import type { Argument, Command, Option } from 'commander';
import { near } from '../core/near.ts';
import { listed } from '../core/text.ts';
import { findRunbook } from '../registry.ts';
import { pathOf, termOf } from './help.ts';

/** Hidden flags are suggested too. */
export function usageError(text: string, command: Command): string {
  const says = text.replace(/^error: /, '').trim();
  for (const [pattern, sentence] of sentences) {
    const found = pattern.exec(says);
    if (found) return `meshdoc: ${sentence(command, ...found.slice(1))}\n`;
  }
  return `meshdoc: ${says}; ${pathOf(command)} --help shows how it is called\n`;
}

type Sentence = (command: Command, ...parts: readonly string[]) => string;

/** By the beginnings of Command's own methods in commander's lib/command.js: `unknownOption` and its neighbours. */
const sentences: readonly (readonly [RegExp, Sentence])[] = [
  [/^unknown option '(.*)'$/s, (command, flag = '') => unknownFlag(command, flag)],
  [
    /^option '(.*?)' argument missing$/,
    (command, flags = '') => `${longOf(flags)} needs a value: ${optionOf(command, flags)?.flags}`,
  ],
  [
    /^option '(.*?)' argument '(.*)' is invalid\. (.*)$/s,
    (command, flags = '', value = '', why = '') =>
      `${longOf(flags)} "${value}": ${wanted(optionOf(command, flags), value, why)}`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*?)'\. (.*)$/s,
    (command, value = '', name = '', why = '') =>
      `"${value}" is no ${name}: ${wanted(argumentOf(command, name), value, why)}`,
  ],
  [
    /^missing required argument '(.*)'$/,
    (command, name = '') => `<${name}> is missing; type ${usageOf(command)}`,
  ],
  [
    /^too many arguments/,
    (command) =>
      `too many words: ${command.args.map((word) => `"${word}"`).join(', ')}; type ${usageOf(command)}`,
  ],
];

/** A runbook is a word, and is often typed as a flag. */
function unknownFlag(command: Command, flag: string): string {
  const word = flag.replace(/^-+/, '');
  if (command.name() === 'diagnose' && findRunbook(word).ok)
    return `${word} is a runbook, not a flag; type meshdoc diagnose ${word} <target>`;
  const known = command.options.flatMap(({ long }) => long ?? []);
  const close = near(flag, known);
  const hint =
    close.length > 0 ? `did you mean ${listed(close)}?` : `${pathOf(command)} --help lists them`;
  return `there is no flag ${flag}; ${hint}`;
}

function wanted(of: Option | Argument | undefined, value: string, why: string): string {
  const choices = of?.argChoices;
  if (!choices) return why.replace(/\.$/, '');
  const [close] = near(value, choices);
  const hint = close === undefined ? '' : `did you mean ${close}? `;
  return `${hint}type one of ${choices.join(', ')}`;
}

/** `-o, --output <format>` is called by its long name. */
function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function optionOf(command: Command, flags: string): Option | undefined {
  return command.options.find((option) => option.flags === flags);
}

function argumentOf(command: Command, name: string): Argument | undefined {
  return command.registeredArguments.find((argument) => argument.name() === name);
}

function usageOf(command: Command): string {
  return command.parent === null ? 'meshdoc --help' : `meshdoc ${termOf(command)}`;
}

/** What people type who know another program. */
const otherWords: Readonly<Record<string, string>> = {
  check: 'meshdoc diagnose <target> checks a pod, meshdoc doctor checks meshdoc itself',
  status: 'meshdoc diagnose <target> shows the state of a pod',
  'proxy-status': 'meshdoc diagnose stale <target> shows the state of a proxy',
  analyze: 'meshdoc diagnose <target> analyzes a pod, a workload or a namespace',
  scan: 'meshdoc diagnose ns/<name> looks through a namespace, meshdoc triage asks you',
  get: 'meshdoc list shows the runbooks, meshdoc demo the recorded incidents',
  describe: 'meshdoc explain <runbook or finding> describes one',
  run: 'meshdoc diagnose <runbook> <target> runs a runbook',
};

/** A word that is no command: a mistyped one, or a runbook or a target without `diagnose` in front. */
export function unknownCommand(word: string, commands: readonly string[]): string {
  return `meshdoc: there is no command "${word}"; ${insteadOf(word, commands)}\n`;
}

function insteadOf(word: string, commands: readonly string[]): string {
  if (findRunbook(word).ok) return `${word} is a runbook: meshdoc diagnose ${word} <target>`;
  const other = Object.hasOwn(otherWords, word) ? otherWords[word] : undefined;
  if (other !== undefined) return other;
  if (/^[a-z0-9][\w-]*[./][\w./-]+$/i.test(word))
    return `${word} looks like a target: meshdoc diagnose ${word}`;
  const close = near(word, commands);
  return close.length > 0 ? `did you mean ${listed(close)}?` : 'meshdoc --help lists them';
}
