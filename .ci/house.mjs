// `npm run house`: what the tree costs who works in it, counted; it fails where a figure is above its limit, so that what was
// gained is not lost unseen. A limit is only ever lowered.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.argv[2] ?? fileURLToPath(new URL('../', import.meta.url));

const sources = [...(await sourcesIn('src')), ...(await sourcesIn('runbooks'))];
const runbooks = sources.filter(({ path }) => path.startsWith('runbooks/'));
const codes = codesOf(sources.find(({ path }) => path === 'src/runbooks.gen.ts')?.text ?? '');

const rows = [
  ['lines of runbooks/ a finding', round(linesOf(runbooks) / codes.length), 45.2],
  ['files of a runbook that name one finding, on average', round(average(codes.map(naming))), 1.7],
  ['the same, at most', Math.max(...codes.map(naming)), 5],
  ['files that know a mesh by name, outside the rooms of meshes', meshNamers().length, 1],
  ['circles of imports', circles().length, 0],
  ['lines that both injection runbooks have', same('injection', 'linkerd-injection'), 59],
  ['finding ids in several runbooks that no shared file holds', repeated(), 12],
  ['kB of README.md', round((await readFile(join(root, 'README.md'))).length / 1000), 12],
];

const width = Math.max(...rows.map(([name]) => name.length));
for (const [name, value, limit] of rows) {
  const state = value > limit ? 'TOO MUCH' : 'ok';
  process.stdout.write(
    `${name.padEnd(width)}  ${String(value).padStart(6)} of ${limit}  ${state}\n`,
  );
}
const over = rows.filter(([, value, limit]) => value > limit);
if (over.length > 0) {
  process.stdout.write(`${meshNamers().join('\n')}\n${circles().join('\n')}\n`);
  process.exitCode = 1;
}

async function sourcesIn(dir) {
  const names = (await readdir(join(root, dir), { recursive: true })).sort();
  const paths = names.filter((name) => name.endsWith('.ts')).map((name) => posix.join(dir, name));
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
}

/** `stale/frozen` */
function codesOf(registry) {
  return [...registry.matchAll(/^ {4}codes: (\[.*\]),$/gm)].flatMap(([, list]) => JSON.parse(list));
}

function linesOf(files) {
  return files.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
}

/** Files of the runbook in which the finding's id stands as a word. */
function naming(code) {
  const [runbook, id] = code.split('/');
  return folderOf(runbook).filter(({ text }) => wordOf(id).test(text)).length;
}

/** The id as a string, or as a key. */
function wordOf(id) {
  return new RegExp(`['"]${id}['"]|^\\s*${id}:`, 'm');
}

function folderOf(runbook) {
  return runbooks.filter(({ path }) => path.split('/')[2] === runbook);
}

function meshNamers() {
  const own = /^src\/(?:meshes|facts\/(?:istio|linkerd)|model\/(?:istio|linkerd))\/|\.gen\.ts$/;
  const code = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return sources
    .filter(({ path }) => path.startsWith('src/') && !own.test(path))
    .filter(({ text }) => /istio|linkerd/i.test(code(text)))
    .map(({ path }) => path);
}

/** Strongly connected files, type imports and all (Tarjan). */
function circles() {
  const known = new Set(sources.map(({ path }) => path));
  const imports = new Map(
    sources.map(({ path, text }) => [
      path,
      [...text.matchAll(/(?:\bfrom\s+|\bimport\(\s*)'(\.[^']+)'/g)]
        .map(([, to]) => posix.join(dirname(path), to))
        .filter((to) => known.has(to)),
    ]),
  );
  const found = [];
  const [index, low, stack] = [new Map(), new Map(), []];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const to of imports.get(file)) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file), low.get(to)));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.join(' <-> '));
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** Lines of some length that stand in both, imports and comments aside. */
function same(one, other) {
  const lines = (runbook) =>
    folderOf(runbook)
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => line.trim())
      .filter(
        (line) => line.length > 12 && !/^(?:import|export \*|\/\/|\*|\/\*)|from '/.test(line),
      );
  const left = new Map();
  for (const line of lines(other)) left.set(line, (left.get(line) ?? 0) + 1);
  return lines(one).filter((line) => {
    const n = left.get(line) ?? 0;
    if (n > 0) left.set(line, n - 1);
    return n > 0;
  }).length;
}

function repeated() {
  // What the one reader of pods tells apart is shared by all who tell it.
  const isShared = /^(?:runbooks\/shared|src\/model\/kube\/not-well)\//;
  const shared = sources.filter(({ path }) => isShared.test(path));
  const ids = codes.map((code) => code.split('/')[1]);
  const several = new Set(ids.filter((id, i) => ids.indexOf(id) !== i));
  return [...several].filter((id) => !shared.some(({ text }) => wordOf(id).test(text))).length;
}

function average(all) {
  return all.reduce((sum, n) => sum + n, 0) / all.length;
}

function round(n) {
  return Math.round(n * 10) / 10;
}
