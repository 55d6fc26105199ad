// The licences of what the bundle contains: every one of them asks that its text goes along.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `inputs` are the bundled files, relative to `root`, as esbuild's metafile names them. */
export async function licences(root, inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((path) => path !== undefined))];
  const texts = await Promise.all(folders.map((folder) => licenceOf(join(root, folder))));
  const head = `meshdoc contains the packages below, unchanged but for bundling.\n`;
  return [head, ...[...new Set(texts)].sort()].join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(path) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0 && license === undefined) throw new Error(`${name} states no licence`);
  return `${name} ${version} (${license})\n\n${texts.map((text) => text.trim()).join('\n\n') || 'The package has no licence file.'}\n`;
}
