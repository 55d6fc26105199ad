// Builds dist/: one bundle with split chunks, so that a command loads only what it needs, the licences of
// what is bundled, and the recorded incidents that ship in the package. The package therefore has no
// dependencies of its own: installing it fetches one file.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { copyDemos, copyPages } from './demos.mjs';
import { licences } from './licences.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/start.ts'],
  outdir: dist,
  entryNames: '[name]',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.5',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
  },
});

await writeFile(join(dist, 'THIRD-PARTY.txt'), await licences(root, Object.keys(metafile.inputs)));

await copyDemos(root, join(dist, 'demo'));
await copyPages(root, join(dist, 'pages'));
