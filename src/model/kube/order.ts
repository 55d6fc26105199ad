// The order in which istiod sorts resources: the oldest first.
import type { KubeObject } from '../../core/object.ts';

// istio/istio pilot/pkg/model/config.go configCompareByCreationTime
export function byAge(a: KubeObject, b: KubeObject): number {
  return (
    made(a) - made(b) ||
    compare(a.metadata.name, b.metadata.name) ||
    compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '')
  );
}

function made(object: KubeObject): number {
  const time = Date.parse(object.metadata.creationTimestamp ?? '');
  return Number.isNaN(time) ? 0 : time;
}

export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Each object once, by namespace and name: a list may hold the same one in two API versions. */
export function once(objects: readonly KubeObject[]): KubeObject[] {
  const found = new Map<string, KubeObject>();
  for (const object of objects) found.set(idOf(object), object);
  return [...found.values()];
}

/** `namespace/name` */
export function idOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
