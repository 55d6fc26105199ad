// `meshdoc config`: what is in force, and where each value came from.
import { inForce, variableOf, type InForce } from '../../config/layers.ts';
import { settingNames, type SettingName } from '../../config/parse.ts';
import { isOver, type Ignore } from '../../core/ignore.ts';
import { jsonText, oneLine } from '../../core/text.ts';
import { roots, settingOf } from '../../meshes/choices.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import { approach } from '../../run/wire.ts';
import { readConfig } from '../config-files.ts';
import type { Io } from '../io.ts';
import { runOptions } from '../options.ts';

type Setting = { readonly name: SettingName; readonly value: string; readonly from: string };

/** `now` in milliseconds decides which findings are still ignored. */
export async function configCommand(
  output: 'text' | 'json',
  io: Io,
  now: number,
): Promise<ExitCode> {
  const config = await readConfig(io);
  if ('says' in config) {
    io.err(`meshdoc: ${config.says}\n`);
    return config.code;
  }
  const settings = await settingsOf(inForce(config.layers), io);
  const ignores = config.layers.flatMap((layer) => layer.ignores);
  io.out(output === 'json' ? json(settings, ignores) : text(settings, ignores, now));
  return exitCodes.healthy;
}

async function settingsOf(set: readonly InForce[], io: Io): Promise<readonly Setting[]> {
  const value = (name: SettingName) => set.find((one) => one.name === name)?.value;
  const found = await fromKubeconfig(value('context'), io);
  return settingNames.map((name) => {
    const own = set.find((one) => one.name === name);
    if (own) return { name, value: shown(own.value), from: own.from };
    return { name, ...(found[name] ?? { value: usual[name] ?? '', from: 'default' }) };
  });
}

type Found = Readonly<Record<SettingName, { readonly value: string; readonly from: string }>>;

/** What the kubeconfig says where nothing else does. Nothing is asked of the cluster. */
async function fromKubeconfig(context: string | undefined, io: Io): Promise<Found> {
  const options = runOptions(context === undefined ? {} : { context });
  const { chosen } = await approach(options, io);
  if (chosen.is === 'none') {
    const none = { value: 'none', from: 'no kubeconfig names a cluster' };
    return { context: none, namespace: none };
  }
  return { context: chosen.context, namespace: chosen.namespace };
}

/** As runs have them without any setting; `roots` are said by the meshes themselves. */
const usual: Readonly<Record<SettingName, string>> = {
  output: 'text',
  prometheus: 'the one that is found in the cluster',
  timeout: '60s',
  color: 'auto',
  ...Object.fromEntries(
    roots.map(({ root }) => [
      settingOf(root),
      root.unsaid === 'usual'
        ? root.usual
        : `the one that is found in the cluster, or ${root.usual}`,
    ]),
  ),
};

function json(settings: readonly Setting[], ignores: readonly Ignore[]): string {
  return `${jsonText({ schema: 'meshdoc/config/v1', settings, ignores }, 2)}\n`;
}

function text(settings: readonly Setting[], ignores: readonly Ignore[], now: number): string {
  const width = Math.max(...settings.map(({ name }) => name.length)) + 2;
  const lines = settings.map(
    ({ name, value, from }) => `${name.padEnd(width)}${oneLine(value)}  (${origin(name, from)})`,
  );
  const ignored = ignores.map((one) => `  ${oneLine(ignoredSays(one, now))}`);
  const all = [...lines, ...(ignored.length > 0 ? ['', 'Ignored findings', ...ignored] : [])];
  return `${all.join('\n')}\n`;
}

/** A default says what changes it. */
function origin(name: SettingName, from: string): string {
  return from === 'default'
    ? `default; ${variableOf(name)} or a config file sets it`
    : oneLine(from);
}

function ignoredSays(one: Ignore, now: number): string {
  const state = isOver(one, now) ? `ended ${one.until}, no longer ignored` : `until ${one.until}`;
  const where = one.target === undefined ? '' : ` on ${one.target}`;
  return `${one.code}${where}, ${state}, by ${one.by}: ${one.reason}`;
}

/** An address without the user in it. */
function shown(value: string): string {
  return value.replace(/\/\/[^/@]*@/, '//');
}
