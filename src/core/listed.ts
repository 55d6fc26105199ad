// Why a list is not the one that was asked for. The same for a live answer and for a saved one.
import type { KubeObject } from './object.ts';
import type { ListQuestion } from './question.ts';
import type { Resource } from './refs.ts';

/** `networking.istio.io/v1`; of the core group `v1`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The items of one list, page after page. */
export class ListCheck {
  readonly #q: ListQuestion;
  readonly #seen = new Set<string>();

  constructor(question: ListQuestion) {
    this.#q = question;
  }

  /** Why this object cannot be an item of the list, or `undefined`. Each item is shown once. */
  problem(item: Partial<KubeObject>): string | undefined {
    const { resource, namespace } = this.#q;
    const where = placeProblem(item, resource, namespace);
    if (where !== undefined) return where;
    const key = `${item.metadata?.namespace ?? ''}/${item.metadata?.name ?? ''}`;
    if (this.#seen.has(key)) return `it names the same ${resource.kind} twice`;
    this.#seen.add(key);
    return undefined;
  }
}

/** Why an object is not of this resource in this namespace (any, when `undefined`), or `undefined`. */
export function placeProblem(
  item: Partial<KubeObject>,
  resource: Resource,
  namespace: string | undefined,
): string | undefined {
  const { apiVersion, kind, metadata } = item as { readonly [field: string]: unknown };
  // Items of a list may leave both out (apimachinery: the list's own kind tells).
  if (kind !== undefined && kind !== '' && kind !== resource.kind)
    return `it has an object that is not a ${resource.kind}`;
  if (apiVersion !== undefined && apiVersion !== '' && groupOf(apiVersion) !== resource.group)
    return `it has a ${resource.kind} of another API group`;
  const meta = metadata as Partial<KubeObject['metadata']> | null | undefined;
  if (typeof meta?.name !== 'string' || meta.name === '')
    return `it has a ${resource.kind} without a name`;
  const stands: unknown = meta.namespace ?? '';
  if (!resource.namespaced)
    return stands === '' ? undefined : `it has a ${resource.kind} in a namespace`;
  if (typeof stands !== 'string' || stands === '')
    return `it has a ${resource.kind} without a namespace`;
  return namespace !== undefined && stands !== namespace
    ? `it has a ${resource.kind} of another namespace`
    : undefined;
}

function groupOf(apiVersion: unknown): string | undefined {
  if (typeof apiVersion !== 'string') return undefined;
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
