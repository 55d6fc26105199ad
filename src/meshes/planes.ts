// The control planes that doctor looks for, in the order of the records.
import { plane as istio } from './istio/plane.ts';
import { plane as linkerd } from './linkerd/plane.ts';
import type { Plane } from './plane.ts';

export type { Plane };
export const planes: readonly Plane[] = [istio, linkerd];
