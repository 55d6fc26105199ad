// `npm run new-runbook istio/gateway-404`: a runbook that compiles and passes every test, with its scenarios. All of it is
// there to be replaced, step by step: runbooks/README.md.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entries, triageEntry } from '../registry.ts';
import { runbookFiles } from './runbook-template.ts';
import { scenarioFiles } from './scenario-template.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const next = (name: string, id: string): string => `
Compulsory, and why:
  test/scenarios/${id}/healthy         what is well must be told as well
  test/scenarios/${id}/<finding>       each finding is proven by a case: npm test counts them
  test/scenarios/${id}/denied          who lacks a right is told so, and never "healthy"
  test/scenarios/triage/${id}-fits     the run without a runbook finds the same
Replace what is in them; a file that is gone fails test/set.test.ts, which says what to add.

Next:
  npm run docs
      adds it to the list of runbooks (src/runbooks.gen.ts)
  npx vitest run test/scenarios.test.ts -t ${id} -u
      writes expected.md of each of its scenarios
  npm run docs
      writes its page, runbooks/${name}/README.md
  npx vitest run test/set.test.ts
      says what is missing, and where
Then replace the example one part at a time, beginning with runbooks/${name}/${id}.ts: the steps are in runbooks/README.md
`;

/** What is wrong with the name, or nothing. */
function refuse(name: string): string | undefined {
  const [mesh, id, ...more] = name.split('/');
  const plain = /^[a-z][a-z0-9-]*$/;
  if (!mesh || !id || more.length > 0 || !plain.test(mesh) || !plain.test(id)) {
    return 'give a mesh and a name in small letters: npm run new-runbook <mesh>/<name>';
  }
  const meshes = knownMeshes();
  if (!meshes.includes(mesh)) {
    return `there is no folder runbooks/${mesh}; the meshes are ${meshes.join(' and ')}`;
  }
  const other = [...entries, triageEntry].find((e) => e.id === id || e.aliases.includes(id));
  if (other) return `${id} is already a name of the runbook in ${other.folder}`;
  const places = [`runbooks/${name}`, `test/scenarios/${id}`, `test/scenarios/triage/${id}-fits`];
  const taken = places.find((path) => existsSync(join(root, path)));
  return taken && `${taken} exists already`;
}

function knownMeshes(): readonly string[] {
  return readdirSync(join(root, 'runbooks'), { withFileTypes: true })
    .filter((one) => one.isDirectory() && one.name !== 'shared' && one.name !== 'triage')
    .map((one) => one.name)
    .sort();
}

async function main(name = ''): Promise<void> {
  const refused = refuse(name);
  if (refused !== undefined) {
    process.stderr.write(`${refused}\n`);
    process.exitCode = 2;
    return;
  }
  const [mesh = '', id = ''] = name.split('/');
  const files = [
    ...under(`runbooks/${name}`, runbookFiles(mesh, id)),
    ...under('test/scenarios', scenarioFiles(mesh, id)),
  ];
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { flag: 'wx' });
    process.stdout.write(`wrote ${path}\n`);
  }
  process.stdout.write(next(name, id));
}

function under(
  dir: string,
  files: Readonly<Record<string, string>>,
): readonly (readonly [path: string, text: string])[] {
  return Object.entries(files).map(([path, text]) => [`${dir}/${path}`, text]);
}

await main(process.argv[2]);
