// A namespace: its labels, and when somebody last changed it.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import { failure, getObject } from './ask.ts';
import { namespaces } from './kinds.ts';
import type { Labels } from './labels.ts';
import { time } from './read.ts';

export type Namespace = {
  readonly name: string;
  readonly labels: Labels;
  readonly created: number | undefined;
  /** The newest change that somebody made, whatever it was: which field it touched is not kept. */
  readonly changed: { readonly at: number; readonly by: string } | undefined;
};

export const namespace = fact({
  name: 'kube/namespace',
  asks: ({ name }: { name: string }) => `the labels of namespace ${name}`,
  byHand: ({ name }) => kubectl('get', 'namespace', name, '--show-labels'),
  needs: [needs(['get'], 'namespaces', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { name }, signal) => {
    const reply = await getObject(ports, namespaces, name, undefined, signal);
    if (reply.ok) return { ok: true, value: readNamespace(reply.value) };
    return failure(reply, { ask: 'get', ref: { resource: namespaces, name } });
  },
  show: ({ labels }) => {
    const lines = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return lines.length === 0 ? ['no labels'] : lines;
  },
});

export function readNamespace({ metadata }: KubeObject): Namespace {
  const changes = (metadata.managedFields ?? [])
    // Finalizers and status are the control plane's own doing.
    .filter(({ subresource }) => subresource === undefined || subresource === '')
    .flatMap((entry) => {
      const at = time(entry.time);
      return at === undefined ? [] : [{ at, by: entry.manager ?? 'somebody' }];
    })
    .toSorted((a, b) => b.at - a.at);
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    created: time(metadata.creationTimestamp),
    changed: changes[0],
  };
}
