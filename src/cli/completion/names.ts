// Which names may stand where the cursor is. Those of the cluster are asked for last, and briefly.
import type { Option } from 'commander';
import { placedPrograms, roots, settingOf } from '../../meshes/choices.ts';
import { entries, findRunbook, load } from '../../registry.ts';
import type { Io } from '../io.ts';
import { runOptions } from '../options.ts';
import { contexts } from '../../run/wire.ts';
import type { Line } from './line.ts';
import { namespaceNames, targetNames } from './live.ts';

export type Name = { readonly value: string; readonly says?: string };
/** `files`: the shell completes paths, which it knows better. */
export type Names = { readonly names: readonly Name[]; readonly files: boolean };

type Source = (line: Line, io: Io) => Promise<readonly Name[]> | readonly Name[] | 'files';

const files: Source = () => 'files';
const namespaces: Source = ({ flags }, io) => plain(namespaceNames(runOptions(flags), io));

/** Flags whose values are known, by commander's names. Choices are told by commander itself. */
const flagValues: Readonly<Record<string, Source>> = {
  context: ({ flags }, io) => plain(contexts(runOptions(flags), io)),
  namespace: namespaces,
  ...Object.fromEntries(roots.map(({ root }) => [settingOf(root), namespaces])),
  kubeconfig: files,
  ...Object.fromEntries(placedPrograms.map(({ name }) => [name, files])),
  save: files,
  from: files,
};

/** Arguments by the name that the command's usage has for them. */
const argumentValues: Readonly<Record<string, Source>> = {
  runbook: async (line, io) => {
    if (line.command?.name() !== 'diagnose') return runbooks();
    const fitting = runbooks().filter(({ value }) => value.startsWith(line.typed));
    return fitting.length > 0 ? fitting : targets(line, io);
  },
  target: targets,
  'runbook|mesh': runbooks,
  'runbook|finding|json': ({ typed }) =>
    typed.includes('/') ? codes(typed) : [...runbooks(), { value: 'json', says: 'the schema' }],
  incident: demos,
  case: files,
  before: files,
  after: files,
};

export async function namesFor(line: Line, io: Io): Promise<Names> {
  const found = await (sourceOf(line)?.(line, io) ?? []);
  if (found === 'files') return { names: [], files: true };
  const names = found.filter(({ value }) => value.startsWith(line.typed) && isPlain(value));
  return { names, files: false };
}

/** A name from a kubeconfig or a cluster goes into a shell: one that would need quotes is not offered. */
function isPlain(value: string): boolean {
  return /^[\w.:/@=+,%-]+$/.test(value);
}

function sourceOf({ wanted, command, options }: Line): Source | undefined {
  switch (wanted.is) {
    case 'command':
      return undefined;
    case 'flag':
      return ({ flags }) => flagNames(options, flags);
    case 'value':
      return chosen(wanted.flag.argChoices) ?? flagValues[wanted.flag.attributeName()];
    case 'argument': {
      const known = command?.registeredArguments ?? [];
      const last = known.at(-1);
      const argument = known[wanted.at] ?? (last?.variadic ? last : undefined);
      return argument && (chosen(argument.argChoices) ?? argumentValues[argument.name()]);
    }
  }
}

function chosen(choices: readonly string[] | undefined): Source | undefined {
  return choices && (() => choices.map((value) => ({ value })));
}

/** A flag that was given is not offered again, unless it may be repeated. */
function flagNames(options: readonly Option[], given: Line['flags']): readonly Name[] {
  const names = options
    .filter((o) => !(o.attributeName() in given) || Array.isArray(o.defaultValue))
    .flatMap(({ long, description }) => (long ? [[long, description] as const] : []));
  return [...new Map(names)].map(([value, says]) => ({ value, says }));
}

function runbooks(): readonly Name[] {
  return entries.flatMap(({ id, aliases, title }) =>
    [id, ...aliases].map((value) => ({ value, says: title })),
  );
}

function codes(typed: string): readonly Name[] {
  const found = findRunbook(typed.split('/')[0] ?? '');
  return found.ok ? found.entry.codes.map((value) => ({ value })) : [];
}

async function demos(): Promise<readonly Name[]> {
  const { findDemos } = await import('../commands/demo.ts');
  return (await findDemos()).map(({ name, says }) => ({ value: name, says }));
}

async function targets({ flags, typed, words }: Line, io: Io): Promise<readonly Name[]> {
  const found = findRunbook(words[0] ?? '');
  const inputs = found.ok ? Object.values((await load(found.entry)).head.input) : [];
  const types = new Set(inputs.map(({ type }) => type));
  return plain(targetNames(typed, types, runOptions(flags), io));
}

async function plain(values: Promise<readonly string[]>): Promise<readonly Name[]> {
  // A name that reads as a flag is none of the cluster's.
  return (await values).filter((value) => !value.startsWith('-')).map((value) => ({ value }));
}
