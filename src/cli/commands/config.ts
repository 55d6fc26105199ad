// `meshdoc config`: what is in force, and where each value came from.
import { inForce, variableOf } from '../../config/layers.ts';
import { settingNames } from '../../config/parse.ts';
import { isOver } from '../../core/ignore.ts';
import { oneLine } from '../../core/text.ts';
import { readConfig } from '../config-files.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';

/** `now` in milliseconds decides which findings are still ignored. */
export async function configCommand(io: Io, now: number): Promise<ExitCode> {
  const config = await readConfig(io);
  if ('says' in config) {
    io.err(`meshdoc: ${config.says}\n`);
    return config.code;
  }
  const values = inForce(config.layers);
  const width = Math.max(...settingNames.map((name) => name.length)) + 2;
  for (const name of settingNames) {
    const found = values.find((value) => value.name === name);
    const says = found
      ? `${oneLine(shown(found.value))}  (${oneLine(found.from)})`
      : `-  (nothing sets it: ${variableOf(name)} or a config file may)`;
    io.out(`${name.padEnd(width)}${says}\n`);
  }
  const ignores = config.layers.flatMap((layer) => layer.ignores);
  if (ignores.length > 0) io.out('\nIgnored findings\n');
  for (const one of ignores) {
    const state = isOver(one, now) ? `ended ${one.until}, no longer ignored` : `until ${one.until}`;
    const where = one.target === undefined ? '' : ` on ${one.target}`;
    io.out(`  ${oneLine(`${one.code}${where}, ${state}, by ${one.by}: ${one.reason}`)}\n`);
  }
  return exitCodes.healthy;
}

/** An address without the user in it. */
function shown(value: string): string {
  return value.replace(/\/\/[^/@]*@/, '//');
}
