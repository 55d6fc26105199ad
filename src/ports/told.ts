// A list holds its objects whole: one that it has just told is not asked for again by its name.
import { answered, type Ask } from '../core/ports.ts';
import type { KubeObject } from '../core/object.ts';
import type { GetQuestion, Listed, ListQuestion } from '../core/question.ts';
import { resourceName, type ObjectRef } from '../core/refs.ts';

type Told = { readonly of: string; readonly items: readonly KubeObject[] };

export function told(ask: Ask): Ask {
  const all: Told[] = [];
  return async (question, signal) => {
    const known = question.ask === 'get' ? find(all, question) : undefined;
    if (known) return answered(known) as never;
    const reply = await ask(question, signal);
    if (question.ask === 'list' && reply.ok)
      all.push({ of: kindOf(question), items: (reply.value as Listed).items });
    return reply;
  };
}

function find(all: readonly Told[], { ref }: GetQuestion): KubeObject | undefined {
  const of = kindOf(ref);
  for (const told of all) {
    const found = told.of === of ? told.items.find((item) => isOf(item, ref)) : undefined;
    if (found) return found;
  }
  return undefined;
}

function isOf({ metadata }: KubeObject, { resource, name, namespace }: ObjectRef): boolean {
  return metadata.name === name && (!resource.namespaced || metadata.namespace === namespace);
}

function kindOf({ resource }: Pick<ListQuestion, 'resource'>): string {
  return `${resourceName(resource)} ${resource.version}`;
}
