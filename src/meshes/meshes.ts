// The meshes that meshdoc knows, by hand: the only list of them. Everything else walks it.
import type { Mesh } from '../core/mesh.ts';
import { cilium } from './cilium/cilium.ts';
import { consul } from './consul/consul.ts';
import { istio } from './istio/istio.ts';
import { linkerd } from './linkerd/linkerd.ts';

/** In the order in which they are looked for. */
export const meshes: readonly Mesh[] = [istio, linkerd, consul, cilium];
