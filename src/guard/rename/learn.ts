// Collects the names of a run: from the objects it read, and from what their patterns show in any text.
import type { Json, KubeObject } from '../../core/object.ts';
import { suffixLetter } from '../../core/refs.ts';
import { meshes } from '../../meshes/meshes.ts';
import { isHost, isPublicHost, isVocabulary, ownPart } from './vocabulary.ts';

export type NameKind =
  | 'ns'
  | 'node'
  | 'svc'
  | 'app'
  | 'pod'
  | 'account'
  | 'user'
  | 'context'
  | 'team'
  | 'manager'
  | 'object'
  | 'domain'
  | 'sub'
  /** Of things of several kinds: a namespace and an application may have the same name, and a text does not say which it means. */
  | 'name';

export type Learner = {
  readonly object: (object: KubeObject) => void;
  readonly text: (text: string) => void;
  readonly name: (kind: NameKind, name: string | undefined) => void;
  /** Every name, and what it is a name of. */
  readonly names: () => ReadonlyMap<string, NameKind>;
  /** Grows with all that is learned. */
  readonly version: () => number;
};

/** What controllers put behind a name; an event's is a time in hexadecimal digits. */
const made = new RegExp(
  `(?:-${suffixLetter}{6,10})?-${suffixLetter}{5}$|\\.[0-9a-f]{12,18}$|-\\d{8,10}$|-${suffixLetter}{8,10}$`,
);
const workloads =
  /^(?:Deployment|ReplicaSet|StatefulSet|DaemonSet|Job|CronJob|ReplicationController)$/;
/** Labels whose values name an application. */
const naming = /^(?:app|name|k8s-app|app\.kubernetes\.io\/(?:name|instance|part-of))$/;
const namingOfMeshes = meshes.flatMap(({ words }) => words?.applicationLabels ?? []);

export function learner(): Learner {
  const known = new Map<string, Set<NameKind>>();
  let version = 0;
  const add = (name: string, kind: NameKind): void => {
    const kinds = known.get(name) ?? new Set();
    if (kinds.has(kind)) return;
    known.set(name, kinds.add(kind));
    version += 1;
  };
  const name = (kind: NameKind, given: string | undefined): void => {
    const base = given === undefined ? '' : kind === 'ns' ? given : baseOf(given);
    if (base === '' || isOurs(base) || !/^[\w.@-]+$/.test(base)) return;
    if (isHost(base) && !base.includes('@')) return host(base);
    const own = ownPart(base);
    if (own !== '' && !isVocabulary(own)) add(own, kind);
  };
  const host = (text: string): void => {
    const labels = text.split('.');
    add(labels.slice(-2).join('.'), 'domain');
    for (const label of labels.slice(0, -2)) if (!isVocabulary(label)) add(label, 'sub');
  };
  const text = (all: string): void => {
    for (const [pattern, ...kinds] of patterns) {
      for (const found of all.matchAll(pattern))
        kinds.forEach((kind, i) => name(kind, found[i + 1]));
    }
    for (const [found] of all.matchAll(hostLike)) if (isHost(found)) host(found);
  };
  const object = (o: KubeObject): void => {
    const { metadata, kind } = o;
    name('ns', metadata.namespace);
    name(kindOf(kind), metadata.name);
    for (const owner of metadata.ownerReferences ?? []) name(kindOf(owner.kind), owner.name);
    for (const [label, value] of Object.entries(metadata.labels ?? {}))
      if (naming.test(label) || namingOfMeshes.some((one) => one.test(label))) name('app', value);
      else if (/^(?:team|owner)$/.test(label)) name('team', value);
    for (const { manager } of metadata.managedFields ?? []) name('manager', manager);
    walk(o as unknown as Json, '', (field, value) => {
      const kindOfField = fields[field];
      if (kindOfField) name(kindOfField, value);
      text(value);
    });
  };
  return {
    object,
    text,
    name,
    names: () => new Map([...known].map(([one, kinds]) => [one, kindAmong(kinds)])),
    version: () => version,
  };
}

/** A word of a mesh's, an API group's, or what stands behind one: `linkerd-identity.zrr2p`, an event's name. */
function isOurs(name: string): boolean {
  const [first = ''] = name.split('.');
  return isVocabulary(name) || isPublicHost(name) || (first !== name && isVocabulary(first));
}

/** An application, and what goes by its name: one stand-in for all of these. */
const application: ReadonlySet<NameKind> = new Set(['app', 'pod', 'svc', 'account']);
/** These say least: what else the name is decides. */
const vague: readonly NameKind[] = ['sub', 'object'];

function kindAmong(kinds: ReadonlySet<NameKind>): NameKind {
  const left = new Set(kinds);
  for (const kind of vague) if (left.size > 1) left.delete(kind);
  const [only = 'object', ...others] = left;
  if (others.length === 0) return only;
  return [...left].every((kind) => application.has(kind)) ? 'app' : 'name';
}

/** `web` of `web-5fcd744f86-zf8bb`: the rest says nothing, and workloads and their pods stay recognisable. */
function baseOf(name: string): string {
  let base = name;
  // An event is named after a pod, which is named after a ReplicaSet.
  for (let before = ''; before !== base;) {
    before = base;
    base = base.replace(made, '');
  }
  return /^[a-z]/.test(base) ? base : name;
}

function kindOf(kind: string): NameKind {
  if (kind === 'Namespace') return 'ns';
  if (kind === 'Node') return 'node';
  if (kind === 'Service') return 'svc';
  if (kind === 'Pod') return 'pod';
  if (kind === 'ServiceAccount') return 'account';
  return workloads.test(kind) ? 'app' : 'object';
}

const fields: Readonly<Record<string, NameKind>> = {
  namespace: 'ns',
  nodeName: 'node',
  serviceAccountName: 'account',
  serviceAccount: 'account',
  serviceName: 'svc',
};

/** Names by the places where meshes and Kubernetes write them. */
const patterns: readonly (readonly [RegExp, ...NameKind[]])[] = [
  [/\bns\/([a-z0-9][\w.-]*)\/sa\/([a-z0-9][\w.-]*)/g, 'ns', 'account'],
  [/system:serviceaccount:([a-z0-9-]+):([a-z0-9][a-z0-9.-]*)/g, 'ns', 'account'],
  [/spiffe:\/\/([a-zA-Z0-9.-]+)\//g, 'domain'],
  [/\b([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.svc\b/g, 'svc', 'ns'],
  [/\b([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)\.serviceaccount\.identity\b/g, 'account', 'ns'],
  [/\bin (?:the )?namespace "([a-z0-9-]+)"/g, 'ns'],
  [/\b[Uu]ser "([^":\s]+)"/g, 'user'],
  [/\b([\w.+-]+@[\w-]+(?:\.[\w-]+)+)\b/g, 'user'],
  [/(?:^|\s)-n ([a-z][a-z0-9-]*)/g, 'ns'],
];
// A label of DNS has 63 characters.
const hostLike = /[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+/g;

function walk(value: Json, field: string, found: (field: string, value: string) => void): void {
  if (typeof value === 'string') found(field, value);
  else if (Array.isArray(value))
    for (const one of value as readonly Json[]) walk(one, field, found);
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) walk(inner, key, found);
  }
}
