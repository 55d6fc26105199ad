// Writes the krew manifest of this version: which file each platform downloads, and its sum.
//   node .ci/krew.mjs --base <URL of the folder the files will be in> [--dir <the folder they are in>]
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';

const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({ options: { base: { type: 'string' }, dir: { type: 'string' } } });
if (!URL.canParse(values.base ?? ''))
  throw new Error('name the URL that the files will be at: --base https://...');
const dir = values.dir ?? join(root, 'release');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

const template = await readFile(join(root, '.ci/krew.yaml'), 'utf8');
const filled = template
  .replaceAll('BASE', values.base.replace(/\/+$/, ''))
  .replaceAll('VERSION', version);
const manifest = parse(filled);
for (const platform of manifest.spec.platforms) {
  const bytes = await readFile(join(dir, basename(platform.uri)));
  platform.sha256 = createHash('sha256').update(bytes).digest('hex');
}
// krew wants the file named like the plugin.
const file = join(dir, `${manifest.metadata.name}.yaml`);
await writeFile(file, stringify(manifest, { lineWidth: 0 }));
process.stdout.write(`${file}\n`);
