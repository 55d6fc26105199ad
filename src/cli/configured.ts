// The options of a command with the config behind its flags. A replay takes from it only how to print.
import type { Command } from 'commander';
import { inForce, type Layer } from '../config/layers.ts';
import type { SettingName } from '../config/parse.ts';
import { readConfig } from './config-files.ts';
import type { Refusal } from '../run/exit.ts';
import type { Io } from './io.ts';
import type { RunOptions } from '../run/options.ts';
import { duration, runOptions } from './options.ts';

/** How a result looks is the reader's own; all else would make a case say another thing on another machine. */
const habits: readonly SettingName[] = ['output', 'color'];
/** A session that goes on knows its cluster and its mesh. */
const ofResumed: readonly SettingName[] = [...habits, 'timeout'];

export async function configured(command: Command, io: Io): Promise<RunOptions | Refusal> {
  const config = await readConfig(io);
  if ('says' in config) return config;
  const raw: Record<string, unknown> = command.opts();
  const known = new Set(command.options.map((option) => option.attributeName()));
  const isReplay = !known.has('from') || raw['from'] !== undefined;
  const isResumed = raw['resume'] !== undefined;
  const typed = (name: string) => command.getOptionValueSource(name) === 'cli';
  // The limit of one run, which is what a file can mean, is not the time that somebody wants to wait.
  const open = (name: SettingName) => name !== 'timeout' || raw['untilHealthy'] !== true;
  const values = inForce(config.layers).filter(
    ({ name, value }) =>
      known.has(name) &&
      !typed(name) &&
      (isReplay ? habits.includes(name) : isResumed ? ofResumed.includes(name) : open(name)) &&
      takes(command, name, value),
  );
  const merged = { ...raw };
  for (const { name, value } of values) merged[name] = name === 'timeout' ? duration(value) : value;
  const options = runOptions(merged);
  const ignores = isReplay ? [] : config.layers.flatMap((layer: Layer) => layer.ignores);
  const shared = values.some(({ name, is }) => name === 'prometheus' && is === 'project');
  const names = raw['redact'] === 'names' ? { names: await newNames() } : {};
  return { ...options, ...names, ignores, ...(shared ? { withholdToken: true } : {}) };
}

async function newNames() {
  return (await import('../guard/rename/names.ts')).createNames();
}

/** A format that one command prints, another may not. */
function takes(command: Command, name: SettingName, value: string): boolean {
  const choices = command.options.find((option) => option.attributeName() === name)?.argChoices;
  return choices === undefined || choices.includes(value);
}
