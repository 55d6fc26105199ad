// The program with a mesh of test/meshes in it: the lists by hand and the generated ones, each with one more entry.
import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { registrySource, symptomsSource, type Located } from '../../src/docs/registry-source.ts';
import { bundle } from '../helpers/bundled.ts';
import { root } from '../helpers/sources.ts';
import weftProxy from './weft/weft-proxy.ts';

const here = join(root, 'test/meshes/weft');
const added: Located = { path: 'test/meshes/weft/weft-proxy.ts', runbook: weftProxy };

/** By the path of the list: where what is added comes from, and the text of that. */
const lists: Readonly<Record<string, (text: string) => string>> = {
  'src/meshes/meshes.ts': withImport('weft', './weft.ts'),
  'src/meshes/signs.ts': withImport('sign', './sign.ts'),
  'src/meshes/planes.ts': withImport('plane', './plane.ts'),
  'src/runbooks.gen.ts': withEntry(registrySource([added])),
  'src/symptoms.gen.ts': withEntry(symptomsSource([added])),
};

/** The path of its script. */
export function weftBundled(): Promise<string> {
  return bundle([withWeft]);
}

const withWeft: Plugin = {
  name: 'weft',
  setup(build) {
    build.onLoad({ filter: /src[\\/](?:meshes[\\/]\w+|\w+\.gen)\.ts$/ }, async ({ path }) => {
      const change = lists[relative(root, path).replaceAll('\\', '/')];
      if (!change) return undefined;
      return { contents: change(await readFile(path, 'utf8')), loader: 'ts' };
    });
  },
};

/** One more of the list `export const meshes: readonly Mesh[] = [...]`. */
function withImport(name: string, from: string) {
  const path = JSON.stringify(join(here, basename(from)));
  return (text: string) =>
    `import { ${name} as weft } from ${path};\n${replaced(text, /^(export const \w+: readonly \w+\[\] = \[.*)\];$/m, '$1, weft];')}`;
}

/** The entries of a generated list behind those that are there; what it loads lies beside src. */
function withEntry(source: string) {
  const [, entries = ''] = /= \[\n([\s\S]*)\];\n$/.exec(source) ?? [];
  return (text: string) => replaced(text, /\];\n$/, () => `${entries}];\n`);
}

function replaced(text: string, pattern: RegExp, by: string | (() => string)): string {
  if (!pattern.test(text))
    throw new Error(`a list has another shape than test/meshes expects: ${String(pattern)}`);
  return text.replace(pattern, by as string);
}
