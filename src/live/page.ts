// One page of a list, held to what was asked: a page that is another's, or contradicts itself, is not believed.
import { apiVersionOf } from '../core/listed.ts';
import type { KubeObject } from '../core/object.ts';
import type { Resource } from '../core/refs.ts';
import { isFields, type Fields } from './json.ts';

export type Page = {
  readonly items: readonly Fields[];
  /** The token of the next page; `undefined` after the last. */
  readonly next: string | undefined;
};
export type ReadPage = { readonly ok: true; readonly page: Page } | { readonly says: string };

/**
 * `as`: the version that was asked. The server names the list by what was asked (apimachinery pkg/apis/meta/v1
 * ListMeta: `continue` is empty on the last page, and `remainingItemCount` unset there).
 */
export function readPage(body: unknown, as: Resource, limit: number | undefined): ReadPage {
  if (!isFields(body)) return { says: 'it is no object' };
  if (body['kind'] !== `${as.kind}List`) return { says: `it is not a ${as.kind}List` };
  if ('apiVersion' in body && body['apiVersion'] !== apiVersionOf(as))
    return { says: `it is of another API than ${apiVersionOf(as)}` };
  const next = nextOf(body['metadata']);
  if (!next.ok) return next;
  const { items: given } = body;
  // An empty list of a Go type without `omitempty` is null.
  const items: unknown = given === null ? [] : given;
  if (!Array.isArray(items)) return { says: 'it has no items' };
  if (!items.every(isFields)) return { says: 'it has an item that is no object' };
  if (limit !== undefined && items.length > limit)
    return { says: `it has more items than the ${limit} that were asked for` };
  return { ok: true, page: { items, next: next.token } };
}

type Next = { readonly ok: true; readonly token: string | undefined } | ({ ok?: false } & Says);
type Says = { readonly says: string };

function nextOf(metadata: unknown): Next {
  if (metadata === undefined) return { ok: true, token: undefined };
  if (!isFields(metadata)) return { says: 'its metadata is no object' };
  const { continue: token, remainingItemCount: remaining } = metadata;
  if (token !== undefined && typeof token !== 'string')
    return { says: 'it does not say readably whether there is more' };
  if (remaining !== undefined && !isCount(remaining))
    return { says: 'it does not say readably how many items remain' };
  if (!token && remaining !== undefined && remaining > 0)
    return { says: `${remaining} more items remain, and it does not say how to get them` };
  return { ok: true, token: token || undefined };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

// Carries the whole object again.
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * An item without what takes room and is never looked at: of `managedFields` the names of what is set, but for the
 * annotations, and the copy of the object in an annotation. The guard would drop both.
 */
export function slim(item: Fields, apiVersion: string, kind: string): KubeObject {
  const metadata = isFields(item['metadata']) ? item['metadata'] : {};
  const { managedFields, annotations } = metadata;
  const lighter = {
    ...metadata,
    ...(Array.isArray(managedFields) ? { managedFields: managedFields.map(slimManager) } : {}),
    ...(isFields(annotations) && LAST_APPLIED in annotations
      ? { annotations: without(annotations, LAST_APPLIED) }
      : {}),
  };
  return { ...item, metadata: lighter, apiVersion, kind } as unknown as KubeObject;
}

function slimManager(entry: unknown): unknown {
  if (!isFields(entry) || !('fieldsV1' in entry)) return entry;
  const { fieldsV1, ...rest } = entry;
  const set = isFields(fieldsV1) ? fieldsV1['f:metadata'] : undefined;
  const annotations = isFields(set) ? set['f:annotations'] : undefined;
  if (!isFields(annotations)) return rest;
  return { ...rest, fieldsV1: { 'f:metadata': { 'f:annotations': annotations } } };
}

function without(fields: Fields, key: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}
