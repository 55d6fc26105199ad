// Finds and reads the config: MESHDOC_* variables, the nearest .meshdoc.yaml, the user's own file.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { variableOf, type Layer } from '../config/layers.ts';
import type { Rules, SettingName } from '../config/parse.ts';
import { limits } from '../core/limits.ts';
import { readText } from '../disk/read.ts';
import { formats } from '../report/formats.ts';
import { entries } from '../registry.ts';
import { exitCodes, refusal, type Refusal } from '../run/exit.ts';
import type { Io } from './io.ts';

export type Config = { readonly layers: readonly Layer[] };

const projectFile = '.meshdoc.yaml';

/** The strongest place first; a refusal when any of them holds what it must not. */
export async function readConfig({ env, cwd }: Pick<Io, 'env' | 'cwd'>): Promise<Config | Refusal> {
  const project = projectPath(cwd, env['HOME']);
  const user = userPath(env);
  const variables = Object.keys(env).some((name) => name.startsWith('MESHDOC_'));
  // Most people have none: then neither YAML nor the schema is loaded.
  if (!variables && project === undefined && user === undefined) return { layers: [] };
  const layers: Layer[] = [];
  for (const read of [
    () => fromVariables(env),
    () => (project === undefined ? undefined : fromFile(project, 'project')),
    () => (user === undefined ? undefined : fromFile(user, 'user')),
  ]) {
    const layer = await read();
    if (layer && 'says' in layer) return layer;
    if (layer) layers.push(layer);
  }
  return { layers };
}

function rules(): Rules {
  return { outputs: Object.keys(formats), codes: entries.flatMap(({ codes }) => codes) };
}

async function fromVariables(env: Io['env']): Promise<Layer | Refusal> {
  const { checkSetting, settingNames } = await import('../config/parse.ts');
  const settings: Partial<Record<SettingName, string>> = {};
  for (const name of settingNames) {
    const value = env[variableOf(name)];
    if (value === undefined || value === '') continue;
    // A person may keep the user of Prometheus in the environment, where no file shows it.
    const plain = name === 'prometheus' ? value.replace(/\/\/[^/@]*@/, '//') : value;
    const wrong = checkSetting(name, plain, rules());
    if (wrong !== undefined) return refusal(exitCodes.usage, `${variableOf(name)} ${wrong}`);
    settings[name] = value;
  }
  return { is: 'variables', from: variableOf, settings, ignores: [] };
}

async function fromFile(path: string, is: 'project' | 'user'): Promise<Layer | Refusal> {
  const { parseConfig } = await import('../config/parse.ts');
  const read = readText(path, { most: limits.files.config, links: 'follow' });
  if (!read.ok) return refusal(exitCodes.usage, read.says);
  const by = is === 'project' ? projectFile : "the user's config.yaml";
  const parsed = parseConfig(read.text, path, by, rules());
  if (!parsed.ok) return refusal(exitCodes.usage, parsed.says);
  // What comes with a repository must not choose the cluster that is asked with its reader's rights.
  if (is === 'project' && parsed.settings.context !== undefined) {
    const where = 'MESHDOC_CONTEXT or the config file of the user';
    return refusal(exitCodes.usage, `${path}: context has no place here, only in ${where}`);
  }
  return { is, from: () => path, settings: parsed.settings, ignores: parsed.ignores };
}

/**
 * The nearest, up to the root of the repository or the home directory. Outside both only the directory itself counts:
 * anybody may put a file into /tmp.
 */
function projectPath(cwd: string, home: string | undefined): string | undefined {
  const up: string[] = [];
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    up.push(dir);
    if (existsSync(join(dir, '.git')) || dir === home) break;
    if (dir === dirname(dir)) {
      up.splice(1);
      break;
    }
  }
  return up.map((dir) => join(dir, projectFile)).find((path) => existsSync(path));
}

/** XDG base directory specification: $XDG_CONFIG_HOME, or ~/.config. */
function userPath(env: Io['env']): string | undefined {
  const home = env['HOME'];
  const base = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : join(home, '.config'));
  const path = base === undefined ? undefined : join(base, 'meshdoc/config.yaml');
  return path !== undefined && existsSync(path) ? path : undefined;
}
