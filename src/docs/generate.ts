// `npm run docs`: writes the registry, the pages of the runbooks, the README's table and the published shapes of keys. `--check` writes
// nothing and fails when something is not as it would be written.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { withPlane, type Plane } from '../core/plane.ts';
import type { Runbook } from '../core/runbook.ts';
import { publishedSource } from './published-source.ts';
import { registrySource, symptomsSource, type Located } from './registry-source.ts';
import { triageEntry } from '../registry.ts';
import { examplesOf, toldIn, type Replayed } from './examples.ts';
import { renderPage } from './render.ts';
import { replayCases } from './replay-cases.ts';
import { readmeSession } from './session.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const listPath = 'src/runbooks.gen.ts';

/** Every generated file with its text, by path from the root. `cases`: every saved one, with what it came to. */
export async function generated(cases: readonly Replayed[]): Promise<ReadonlyMap<string, string>> {
  const all = await locate();
  const findings = examplesOf(cases);
  const told = toldIn(cases);
  const files = new Map([
    [listPath, registrySource(all)],
    ['src/symptoms.gen.ts', symptomsSource(all)],
    ['src/guard/published.gen.ts', await publishedSource()],
  ]);
  const tickets = await exampleTickets();
  for (const { path, runbook } of all) {
    const page = renderPage(runbook, { findings, told, ticket: tickets.get(runbook.head.id) });
    files.set(pageOf(path), page);
  }
  const { load } = triageEntry;
  files.set('runbooks/triage/README.md', renderPage((await load()).default, { findings, told }));
  const blocks = await blocksOf(all);
  for (const path of withBlocks) files.set(path, await filled(path, blocks));
  const promises = await readFile(join(root, 'test/README.md'), 'utf8');
  files.set('test/README.md', counted(promises, cases.length));
  return files;
}

async function locate(): Promise<readonly Located[]> {
  const paths = (await readdir(join(root, 'runbooks'), { recursive: true }))
    .map((name) => `runbooks/${name.replaceAll('\\', '/')}`)
    .filter(isRunbook)
    .sort();
  return Promise.all(paths.map(located));
}

async function located(path: string): Promise<Located> {
  const runbook = await defaultOf<Runbook>(path);
  const plane = `runbooks/shared/${runbook.head.mesh ?? ''}/plane.ts`;
  if (!existsSync(join(root, plane))) return { path, runbook };
  return { path, plane, runbook: withPlane(runbook, await defaultOf<Plane>(plane)) };
}

async function defaultOf<T>(path: string): Promise<T> {
  return ((await import(pathToFileURL(join(root, path)).href)) as { default: T }).default;
}

/** `runbooks/istio/stale/stale.ts`: the file that is called what its folder is called. */
function isRunbook(path: string): boolean {
  return /^runbooks\/[^/]+\/([\w-]+)\/\1\.ts$/.test(path);
}

/** Beside the runbook. */
function pageOf(path: string): string {
  return join(dirname(path), 'README.md');
}

/** The ticket of the scenario that says `example: true`, by runbook. */
async function exampleTickets(): Promise<ReadonlyMap<string, string>> {
  const dir = join(root, 'test/scenarios');
  const tickets = new Map<string, string>();
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    if (!name.endsWith('scenario.yaml')) continue;
    const file = parse(await readFile(join(dir, name), 'utf8')) as {
      runbook: string;
      example?: boolean;
    };
    if (!file.example) continue;
    const ticket = await readFile(join(dir, name, '../expected.md'), 'utf8').catch(() => '');
    if (ticket !== '') tickets.set(file.runbook, ticket);
  }
  return tickets;
}

/** Pages with blocks that are generated. */
const withBlocks = [
  'README.md',
  'src/cli/README.md',
  'src/access/README.md',
  'test/bench/README.md',
  'test/tools/README.md',
];

type Block = readonly [name: string, text: string];

async function filled(path: string, blocks: readonly Block[]): Promise<string> {
  const page = await readFile(join(root, path), 'utf8').catch(() => '');
  return blocks.reduce((text, [name, block]) => withBlock(text, name, block), page);
}

async function blocksOf(all: readonly Located[]): Promise<readonly Block[]> {
  const rows = all.map(({ path, runbook: { head } }) => {
    return `| [\`${head.id}\`](${pageOf(path)}) | ${head.symptom} | ${Object.keys(head.findings).length} |`;
  });
  const table = ['| runbook | when | findings |', '|---|---|---|', ...rows].join('\n');
  return [
    ['session', await readmeSession()],
    ['runbooks', table],
    ['tested', await tableOf('test/lab/tested.ts')],
    ['load', await tableOf('test/bench/load.ts')],
    ['beside', await tableOf('test/beside.ts')],
    ['triage', await screenOf('first-screen')],
    ['triage-session', await screenOf('session')],
    ['doctor', await screenOf('doctor')],
    ['accuracy', await accuracy()],
  ];
}

/** Counted by the tests, which know what they use. */
async function tableOf(path: string): Promise<string> {
  const module = (await import(pathToFileURL(join(root, path)).href)) as {
    default: () => Promise<string>;
  };
  return module.default();
}

/** The promises name how many saved cases they were tested with. */
function counted(readme: string, cases: number): string {
  return readme.replace(/\b\d+ recorded clusters/g, `${cases} recorded clusters`);
}

/** As test/terminal/readme.test.ts saw it on a terminal. */
async function screenOf(name: string): Promise<string> {
  const text = await readFile(join(root, `test/terminal/readme/${name}.md`), 'utf8');
  return text.trim();
}

function withBlock(page: string, name: string, text: string): string {
  const block = new RegExp(`(<!-- ${name} -->)[\\s\\S]*?(<!-- /${name} -->)`);
  return page.replace(block, (_, open: string, close: string) => `${open}\n\n${text}\n\n${close}`);
}

/** What the runs on the lab came to: a sentence each, and where their tables are. */
async function accuracy(): Promise<string> {
  const names = (await readdir(join(root, 'test/lab'))).filter((n) => /^accuracy-.*\.md$/.test(n));
  const said = names.sort().map(async (name) => {
    const [summary = ''] = (await readFile(join(root, 'test/lab', name), 'utf8')).split('\n');
    return `${summary} [Every run](test/lab/${name})`;
  });
  return (await Promise.all(said)).join('\n\n');
}

/** Returns what differs from disk. */
export async function differences(cases: readonly Replayed[]): Promise<readonly string[]> {
  const wanted = await generated(cases);
  const different: string[] = [];
  for (const [path, text] of wanted) {
    const now = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (now !== text) different.push(path);
  }
  return different;
}

async function main(args: readonly string[]): Promise<void> {
  const check = args.includes('--check');
  const list = registrySource(await locate());
  if (list !== (await readFile(join(root, listPath), 'utf8'))) {
    if (check) {
      process.stderr.write(`not as generated: ${listPath}; run: npm run docs\n`);
      process.exitCode = 1;
      return;
    }
    // A runbook came or went. The list that this process loaded names the old ones, so another one goes on.
    await writeFile(join(root, listPath), list);
    const [, ...words] = process.argv;
    const { status } = spawnSync(process.execPath, [...process.execArgv, ...words], {
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
    return;
  }
  const cases = await replayCases(join(root, 'test/scenarios'));
  if (check) {
    const different = await differences(cases);
    if (different.length > 0) {
      process.stderr.write(`not as generated: ${different.join(', ')}; run: npm run docs\n`);
      process.exitCode = 1;
    }
    return;
  }
  for (const [path, text] of await generated(cases)) await writeFile(join(root, path), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
