// Builds the single executable: meshdoc, its incidents and Node in one file (nodejs.org/api/single-executable-applications.html).
//   node .ci/sea.mjs [--node <binary>] [--out <folder>]
// It is made of the Node that is named, else of the one that runs this, and runs where that one runs.
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { inject } from 'postject';
import { create } from 'tar';
import { copyDemos, pages } from './demos.mjs';
import { licences } from './licences.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({ options: { node: { type: 'string' }, out: { type: 'string' } } });
const node = realpathSync(values.node ?? process.execPath);
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const name = `meshdoc-v${version}-${process.platform}-${process.arch}`;
const out = resolve(values.out ?? join(root, 'release'));

const work = await mkdtemp(join(tmpdir(), 'meshdoc-sea-'));
try {
  const inputs = await bundle(join(work, 'meshdoc.cjs'));
  await copyDemos(root, join(work, 'demo'));
  await archive(join(work, 'demo.tgz'), join(work, 'demo'), ['.']);
  await mkdir(join(out, name), { recursive: true });
  await assemble(join(out, name, 'meshdoc'));
  await copyFile(join(root, 'LICENSE'), join(out, name, 'LICENSE'));
  const texts = [await licences(root, inputs), await readFile(licenceOfNode(), 'utf8')];
  await writeFile(join(out, name, 'THIRD-PARTY.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
  const files = ['LICENSE', 'THIRD-PARTY.txt', 'meshdoc'];
  await archive(join(out, `${name}.tar.gz`), join(out, name), files);
} finally {
  await rm(work, { recursive: true, force: true });
}
process.stdout.write(`${join(out, name, 'meshdoc')}\n`);

/** One CommonJS file: an executable can load no other. */
async function bundle(outfile) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/start.ts'],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.12',
    // The script of an executable has no import(); what is loaded late is evaluated late all the same.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url=require('node:url').pathToFileURL(process.execPath).href;" },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

async function assemble(executable) {
  const config = join(work, 'sea.json');
  const blob = join(work, 'meshdoc.blob');
  const settings = {
    main: join(work, 'meshdoc.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: { 'demo.tgz': join(work, 'demo.tgz'), ...(await pageAssets()) },
  };
  await writeFile(config, JSON.stringify(settings));
  await run(node, ['--experimental-sea-config', config]);
  await copyFile(node, executable);
  await chmod(executable, 0o755);
  await inject(executable, 'NODE_SEA_BLOB', await readFile(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  });
}

async function pageAssets() {
  const all = Object.entries(await pages(root));
  return Object.fromEntries(all.map(([name, from]) => [`pages/${name}`, from]));
}

/** The same bytes from the same files, on whatever day. */
function archive(file, cwd, paths) {
  return create({ file, cwd, gzip: true, portable: true, mtime: new Date(0) }, paths);
}

/** Node's licence goes along with Node. It lies beside the binary, or where a Linux package puts it. */
function licenceOfNode() {
  const places = [join(dirname(node), '../LICENSE'), '/usr/share/doc/nodejs/LICENSE'];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no licence of Node in ${places.join(' or ')}`);
  return found;
}
