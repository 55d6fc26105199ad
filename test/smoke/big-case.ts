// A saved case with many pods, whose JSON is larger than what a pipe holds.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

type Pod = { kind: string; metadata: { name: string; namespace: string } };

/** Copies a case and its pod `count` times; returns the targets. */
export async function bigCase(from: string, to: string, count: number): Promise<readonly string[]> {
  await cp(from, to, { recursive: true });
  const file = join(to, 'cluster.yaml');
  const text = await readFile(file, 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Pod);
  const pod = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata.namespace === 'shop');
  if (!pod) throw new Error(`${from} has no pod in shop`);
  const names = Array.from(
    { length: count },
    (_, i) => `${pod.metadata.name.slice(0, -5)}copy${i}`,
  );
  const copies = names.map((name) => ({ ...pod, metadata: { ...pod.metadata, name } }));
  await writeFile(file, [text, ...copies.map((copy) => stringify(copy))].join('\n---\n'));
  return names.map((name) => `shop/${name}`);
}
