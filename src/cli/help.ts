// How help and usage errors read: by examples, in one screen; an error says what to type instead.
import { Help, type Command, type HelpConfiguration, type Option } from 'commander';
import { near } from '../core/near.ts';
import { listed } from '../core/text.ts';
import { widthOf, type Stream } from './terminal.ts';

export const examples = `
Examples:
  meshdoc diagnose web.shop                         a pod: what fits its signs
  meshdoc diagnose stale deploy/web.shop            one symptom, the pods of a workload
  meshdoc diagnose rbac web.shop cart.shop:8080     a caller, and what it is refused by
  meshdoc diagnose stale web.shop -o ticket         as text for an incident ticket
  meshdoc diagnose stale web.shop --save case.tgz   keep the evidence, redacted
  meshdoc render case.tgz -o html > case.html       as a page; no cluster is asked
  meshdoc triage                                    a session that asks you, step by step
  meshdoc compare before.tgz after.tgz              what a change resolved
  meshdoc demo stale                                a recorded incident, no cluster needed

Exit codes: 0 healthy, 2 usage, 3 cause found, 4 inconclusive, 5 unreachable, 130 interrupted.
meshdoc only reads. Fixes are printed for you to paste; it runs none of them.`;

export const diagnoseExamples = `
Examples:
  meshdoc diagnose stale web-5fcd744f86-j6vtr -n shop
  meshdoc diagnose rbac web.shop cart.shop:8080 --path /pay --method POST
  meshdoc diagnose stale web.shop -o ticket --save case.tgz`;

export const triageExamples = `
Examples:
  meshdoc triage web.shop          begin with a place
  meshdoc triage --ticket jira     the ticket of the last session`;

/** Columns; wider lines are harder to read. */
const widest = 100;

export function helpWidth(stream: Stream): number {
  return Math.min(widthOf(stream), widest);
}

/** What commander adds by itself ("choices:", "default:", "[options]") costs a row or says nothing. */
export const helpStyle: HelpConfiguration = {
  optionDescription: ({ description, argChoices }: Option) =>
    argChoices ? `${description}: ${argChoices.join(', ')}` : description,
  subcommandTerm: (command: Command) =>
    [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
  // Whoever reads the help of a command knows --help.
  visibleOptions: (command: Command) =>
    new Help()
      .visibleOptions(command)
      .filter((option) => command.parent === null || option.long !== '--help'),
};

function argumentTerm(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** Commander's message as one line that ends with what to type. Hidden flags are suggested too. */
export function usageError(text: string, command: Command): string {
  const says = text.replace(/^error: /, '').trim();
  const [, flag] = /^unknown option '(.*)'$/.exec(says) ?? [];
  if (flag === undefined)
    return `meshdoc: ${/^missing/.test(says) ? lacking(says, command) : says}\n`;
  const close = near(
    flag,
    command.options.flatMap(({ long }) => long ?? []),
  );
  const path = command.parent === null ? 'meshdoc' : `meshdoc ${command.name()}`;
  const hint = close.length > 0 ? `did you mean ${listed(close)}?` : `${path} --help lists them`;
  return `meshdoc: ${says}; ${hint}\n`;
}

function lacking(says: string, command: Command): string {
  return `${says}; type meshdoc ${helpStyle.subcommandTerm?.(command) ?? command.name()}`;
}

/** A word that is no command: a mistyped one, or a runbook without `diagnose` in front. */
export async function unknownCommand(word: string, commands: readonly string[]): Promise<string> {
  const { findRunbook } = await import('../registry.ts');
  const close = near(word, commands);
  const hint = findRunbook(word).ok
    ? `${word} is a runbook: meshdoc diagnose ${word} <target>`
    : close.length > 0
      ? `did you mean ${listed(close)}?`
      : 'meshdoc --help lists them';
  return `meshdoc: there is no command "${word}"; ${hint}\n`;
}
