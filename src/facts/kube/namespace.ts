// A namespace: its labels and annotations, and when somebody last changed it.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { Happening } from '../../core/moment.ts';
import type { KubeObject } from '../../core/object.ts';
import { failure, getObject } from './ask.ts';
import { namespaces } from './kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { changes as changesOf } from '../../model/kube/moments.ts';
import { time } from '../../model/kube/read.ts';

export type Namespace = {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly created: number | undefined;
  /** Since when it is annotated for injection at the latest, and by whom: the same manager may have changed more since. */
  readonly annotated: Change | undefined;
  /** The newest change: which field it changed is not kept. */
  readonly changed: Change | undefined;
  readonly moments: readonly Happening[];
};
export type Change = { readonly at: number; readonly by: string };

export const namespace = fact({
  name: 'kube/namespace',
  asks: ({ name }: { name: string }) => `the labels of namespace ${name}`,
  byHand: ({ name }) => kubectl`get namespace ${name} --show-labels`,
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
  moments: ({ moments }) => moments,
});

export function readNamespace(object: KubeObject): Namespace {
  const { metadata } = object;
  const changes = (metadata.managedFields ?? [])
    // Finalizers and status are the control plane's own doing.
    .filter(({ subresource }) => subresource === undefined || subresource === '')
    .flatMap((entry) => {
      const at = time(entry.time);
      return at === undefined ? [] : [{ at, by: entry.manager ?? 'someone', entry }];
    })
    .toSorted((a, b) => b.at - a.at);
  const annotated = changes.findLast(({ entry }) => entry.fieldsV1 !== undefined);
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    created: time(metadata.creationTimestamp),
    annotated: annotated && { at: annotated.at, by: annotated.by },
    changed: changes[0] && { at: changes[0].at, by: changes[0].by },
    moments: changesOf(object),
  };
}
