// How help reads: by examples, in one screen.
import { Help, type Command, type HelpConfiguration, type Option } from 'commander';
import { wrap } from '../report/wrap.ts';
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

/**
 * Help on a narrow screen: what stands beside a name goes below it. Commander wraps nothing where the second column has
 * less than 40 columns (commander lib/help.js formatItem), and never what is added after it.
 */
export function narrowed(text: string, width: number): string {
  const rows = text
    .split('\n')
    .flatMap((row) => (row.length <= width ? [row] : folded(row, width)));
  return rows.join('\n');
}

function folded(row: string, width: number): readonly string[] {
  const [, indent = '', name = row, says] = /^( *)(\S+(?: \S+)*)(?: {2,}(\S.*))?$/.exec(row) ?? [];
  const deep = `${indent}  `;
  const below = (part: string) => deep + part;
  // What is indented is an option or a command to type: it stays whole.
  const [first = '', ...rest] = indent === '' ? wrap(name, width - deep.length) : [name];
  const beside = says === undefined ? [] : wrap(says, width - deep.length);
  return [indent + first, ...[...rest, ...beside].map(below)];
}

/** What commander adds by itself ("choices:", "default:", "[options]") costs a row or says nothing. */
export const helpStyle: HelpConfiguration = {
  optionDescription: ({ description, argChoices }: Option) =>
    argChoices ? `${description}: ${argChoices.join(', ')}` : description,
  subcommandTerm: termOf,
  // Whoever reads the help of a command knows --help.
  visibleOptions: (command: Command) =>
    new Help()
      .visibleOptions(command)
      .filter((option) => command.parent === null || option.long !== '--help'),
};

/** `compare <before> <after>` */
export function termOf(command: Command): string {
  return [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' ');
}

/** `meshdoc compare` */
export function pathOf(command: Command): string {
  return command.parent === null ? 'meshdoc' : `meshdoc ${command.name()}`;
}

function argumentTerm(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
