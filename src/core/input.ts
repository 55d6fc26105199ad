// What a runbook asks of its user. The command line turns words and flags into these values before the first step.
import type { PodRef, Resource } from './refs.ts';

export type InputSpec =
  | {
      readonly type: 'pod' | 'place' | 'anywhere' | 'caller';
      readonly says: string;
    }
  | {
      readonly type: 'destination';
      readonly says: string;
      /** Whether it can be a host outside the cluster, where the caller's own proxy decides. */
      readonly takes: 'services' | 'hosts too';
    }
  | {
      readonly type: 'option' | 'options';
      readonly says: string;
      /** What the value must look like, and what to tell the one who types another. */
      readonly accepts?: { readonly pattern: RegExp; readonly says: string } | undefined;
    };
export type Inputs = Readonly<Record<string, InputSpec>>;

/** Where to look: one pod, what makes pods (it may have none), or a whole namespace. */
export type Place =
  | { readonly is: 'pod'; readonly pod: PodRef }
  | {
      readonly is: 'workload';
      readonly resource: Resource;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly is: 'namespace'; readonly name: string };

/** Where a request goes: one pod behind it, and the port as it was written: the Service's, or the pod's own. */
export type Destination = {
  readonly pod: PodRef;
  readonly port: number | undefined;
  /** The Service that was named, if one was. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  /** A host outside the cluster: `pod` is the caller then, as its own proxy decides. */
  readonly outside?: Outside | undefined;
};

/** `httpbin.org:443`, or an address. */
export type Outside = { readonly host: string; readonly port: number };

/**
 * The mesh to look at, as far as the user chose one. The record of each mesh adds the names of its own (src/meshes):
 * `root` is where istiod lives.
 */
export interface MeshChoice {
  /** The address of a Prometheus, without credentials; one is looked for in the cluster otherwise. */
  readonly prometheus: string | undefined;
}

type ValueOfType = {
  readonly pod: PodRef;
  readonly place: Place;
  readonly anywhere: Place | undefined;
  readonly caller: PodRef | undefined;
  readonly destination: Destination;
  readonly option: string | undefined;
  readonly options: readonly string[];
};
export type InputValues<I extends Inputs> = {
  readonly [K in keyof I]: ValueOfType[I[K]['type']];
} & MeshChoice;

type Accepts = { readonly pattern: RegExp; readonly says: string };

/** Words take their places in the order pod or place, or caller then destination; flags go by their key. */
export const input = {
  /** One pod; a person may also name its workload, or write `pod.namespace`. */
  pod: (says: string) => ({ type: 'pod', says }) as const,
  /** A pod, a workload or a namespace. */
  place: (says: string) => ({ type: 'place', says }) as const,
  /** The same, or no word at all: the whole mesh. */
  anywhere: (says: string) => ({ type: 'anywhere', says }) as const,
  /** The first of two words: who calls. May be left out. */
  caller: (says: string) => ({ type: 'caller', says }) as const,
  /** The last word: what is called, `cart.shop:8080` or `svc/cart:80`. */
  destination: (says: string, takes: 'services' | 'hosts too' = 'services') =>
    ({ type: 'destination', says, takes }) as const,
  /** The value of a flag named like the key. */
  option: (says: string, accepts?: Accepts) => ({ type: 'option', says, accepts }) as const,
  /** The same for a flag that may be repeated. */
  options: (says: string, accepts?: Accepts) => ({ type: 'options', says, accepts }) as const,
};

/** How a runbook is called: `meshdoc diagnose rbac [src] <dst> --path ...`. */
export function usageOf(id: string, inputs: Inputs): string {
  const words = Object.entries(inputs).map(([name, { type }]) => {
    if (type === 'caller' || type === 'anywhere') return `[${name}]`;
    if (type === 'option') return `[--${name} <${name}>]`;
    if (type === 'options') return `[--${name} <${name}>]...`;
    return type === 'destination' ? `<${name}>[:port]` : `<${name}>`;
  });
  return ['meshdoc', 'diagnose', id, ...words].join(' ');
}

/** A place as a person types it: `shop/web-x2x4q`, `deployment/web.shop`, `ns/shop`. */
export function placeText(place: Place): string {
  if (place.is === 'namespace') return `ns/${place.name}`;
  if (place.is === 'pod') return `${place.pod.namespace}/${place.pod.name}`;
  return `${place.resource.kind.toLowerCase()}/${place.name}.${place.namespace}`;
}

/** `shop/cart-x2x4q:8080`, `svc/cart.shop:80`. */
export function destinationText({ pod, port, service, outside }: Destination): string {
  if (outside) return `${outside.host}:${outside.port}`;
  const name = service
    ? `svc/${service.name}.${service.namespace}`
    : `${pod.namespace}/${pod.name}`;
  return port === undefined ? name : `${name}:${port}`;
}
