// `npm run bench`: measures meshdoc as installed, prints each figure beside its limit, and exits 1 when a
// limit is broken. With the lab it also writes results.md and the README's block; `-- --no-lab` only prints.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { packAndInstall, root } from '../smoke/installed.ts';
import { holds, table, type Figure } from './figure.ts';
import { withBlock } from './readme.ts';
import { startUp } from './start-up.ts';

const withLab = !process.argv.includes('--no-lab');
const installed = await packAndInstall();
try {
  const figures: Figure[] = [...(await startUp(installed))];
  if (withLab) {
    const { onTheLab } = await import('./on-the-lab.ts');
    figures.push(...(await onTheLab(installed.start)));
  }
  const result = `Medians of interleaved runs, side by side in one invocation: Node ${process.versions.node}, ${cpus().length} CPUs.\n\n${table(figures)}\n`;
  process.stdout.write(result);
  if (withLab) await keep(result);
  process.exitCode = figures.every(holds) ? 0 : 1;
} finally {
  await installed.remove();
}

async function keep(result: string): Promise<void> {
  const readme = join(root, 'test/bench/README.md');
  await writeFile(
    join(root, 'test/bench/results.md'),
    `# Results of \`npm run bench\`\n\n${result}`,
  );
  await writeFile(readme, withBlock(await readFile(readme, 'utf8'), result));
}
