// How each mesh shows itself in pods, in the order of the records. (Cilium shows itself in none: it has an object a pod.)
import type { Pod } from '../facts/kube/pod.ts';
import { sign as consul } from './consul/sign.ts';
import { sign as istio } from './istio/sign.ts';
import { sign as linkerd } from './linkerd/sign.ts';
import { meshes } from './meshes.ts';
import type { Labels } from '../model/kube/labels.ts';
import type { Around, Sign } from './sign.ts';

export type { Around, Sign };
export const signs: readonly Sign[] = [istio, linkerd, consul];

/** `Istio` */
export function meshName(id: string): string {
  return meshes.find((mesh) => mesh.id === id)?.title ?? id;
}

/** The meshes that a pod is in, each with what of it the pod is. */
export function membersOf(pod: Pod): readonly { readonly mesh: string; readonly as: string }[] {
  return signs.flatMap(({ id, member }) => {
    const as = member(pod);
    return as === undefined ? [] : [{ mesh: id, as }];
  });
}

/** The meshes that a pod or its namespace asks for. */
export function askedFor(pod: Pod, around: Around): readonly string[] {
  return signs.filter(({ asked }) => asked(pod, around)).map(({ id }) => id);
}

/** The meshes that labels or annotations are about. */
export function meantBy(labels: Labels, annotations: Labels): readonly string[] {
  return signs.filter(({ meant }) => meant(labels, annotations)).map(({ id }) => id);
}
