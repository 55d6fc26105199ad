// Renames everything that a diagnosis or a case shows, and nothing of its structure.
import type { Diagnosis } from '../../core/diagnosis.ts';
import type { KubeObject } from '../../core/object.ts';
import { meshes } from '../../meshes/meshes.ts';
import type { Rename } from './rename.ts';

/** Words of meshdoc's own: they name no thing of a cluster, whatever things are called there. */
const structure: ReadonlySet<string> = new Set([
  ...['schema', 'runbook', 'title', 'verdict', 'code', 'codes', 'role', 'see', 'is', 'why'],
  ...[
    'risk',
    'id',
    'asks',
    'rulesOut',
    'meshdoc',
    'started',
    'recorded',
    'at',
    'versions',
    'cut',
    'until',
  ],
]);

export function renameDiagnosis(d: Diagnosis, rename: Rename): Diagnosis {
  const renamed = mapped(d, rename, (key) => structure.has(key)) as Diagnosis;
  const { reach, source } = renamed.about;
  const { kubeconfig: _, ...kept } = reach;
  // The name of a case and the path of a kubeconfig are a person's own words.
  const from = source.is === 'case' && !source.demo ? { ...source, name: 'case' } : source;
  return { ...renamed, about: { ...renamed.about, reach: kept, source: from } };
}

const fixed: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',

  'resourceVersion',
  'creationTimestamp',
]);

const parts = meshes.flatMap(({ words }) => words?.parts ?? []);

export function renameObject(object: KubeObject, rename: Rename): KubeObject {
  const labels = object.metadata.labels ?? {};
  const apart = parts.filter(({ label, value }) => labels[label] === value);
  const keep = (key: string) => fixed.has(key) || apart.some(({ by }) => key === by);
  return mapped(object, rename, keep) as KubeObject;
}

/** Every string; keys too where they are made of names, as those of labels are. */
export function mapped(value: unknown, rename: Rename, keep: (key: string) => boolean): unknown {
  if (typeof value === 'string') return rename(value);
  if (Array.isArray(value)) return value.map((one) => mapped(one, rename, keep));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      /[./]/.test(key) ? rename(key) : key,
      keep(key) ? inner : mapped(inner, rename, keep),
    ]),
  );
}
