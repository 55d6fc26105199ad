// A small cluster for tests of what a person types: two pods of a Deployment, bare ones, Services, namespaces.
import { answered, failed, type Ask, type Ports } from '../../../src/core/ports.ts';
import type { KubeObject } from '../../../src/core/object.ts';
import type { Question } from '../../../src/core/question.ts';
import { selectObjects } from '../../../src/snapshot/select.ts';

export const never = new AbortController().signal;

function object(kind: string, namespace: string, name: string, more: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { namespace, name, ...more } };
}
const labels = { app: 'web', 'pod-template-hash': '5fcd7' };
const owned = { labels, ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5fcd7' }] };
const world: readonly KubeObject[] = [
  object('Pod', 'shop', 'web-5fcd7-aaaaa', owned),
  object('Pod', 'shop', 'web-5fcd7-bbbbb', owned),
  {
    ...object('Pod', 'shop', 'legacy'),
    spec: { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] },
  },
  object('Pod', 'default', 'legacy.shop'),
  object('Pod', 'default', 'one.two'),
  { ...object('Deployment', 'shop', 'web'), spec: { selector: { matchLabels: { app: 'web' } } } },
  { ...object('Deployment', 'shop', 'idle'), spec: { selector: { matchLabels: { app: 'idle' } } } },
  {
    ...object('Service', 'shop', 'web'),
    spec: {
      selector: { app: 'web' },
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { port: 9090 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    },
  },
  { ...object('Service', 'shop', 'outside'), spec: {} },
  {
    ...object('Service', 'shop', 'front'),
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  },
  {
    ...object('Service', 'shop', 'each'),
    spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] },
  },
  {
    ...object('Service', 'shop', 'away'),
    spec: { type: 'ExternalName', externalName: 'api.example.org' },
  },
  object('CronJob', 'shop', 'nightly'),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'legacy' } },
];

/** Answers gets and lists from the world; `deny` says which questions are forbidden. */
export function portsOf(deny: (q: Question) => boolean = () => false): Ports {
  const ask = (q: Question) => {
    if (deny(q)) return Promise.resolve(failed('forbidden', 'may not'));
    if (q.ask === 'get') {
      const { resource, namespace, name } = q.ref;
      const found = world.find(
        (o) =>
          o.kind === resource.kind &&
          o.metadata.namespace === namespace &&
          o.metadata.name === name,
      );
      return Promise.resolve(found ? answered(found) : failed('absent', 'none'));
    }
    if (q.ask !== 'list') throw new Error(q.ask);
    const items = selectObjects(
      world.filter((o) => o.kind === q.resource.kind),
      q,
    );
    return Promise.resolve(answered({ items, more: false }));
  };
  return { ask: ask as unknown as Ask, clock: { now: () => 0, sleep: () => Promise.resolve() } };
}
