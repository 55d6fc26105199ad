// From the words a person types to where a request goes: `cart`, `cart.shop:8080`, `svc/cart:80`,
// `cart.shop.svc.cluster.local:8080`, a pod.
import type { Destination } from '../../core/input.ts';
import type { Ports } from '../../core/ports.ts';
import type { PodRef } from '../../core/refs.ts';
import { resolveTarget, type Resolved } from './target.ts';

export type ResolvedDestination =
  | { readonly is: 'destination'; readonly destination: Destination; readonly pods: number }
  | Exclude<Resolved, { readonly is: 'pods' }>;

type Written = { readonly name: string; readonly port: number | undefined };

/** A Service is a destination of its own; of a workload the first running pod stands for the others. */
export async function resolveDestination(
  ports: Ports,
  word: string,
  namespace: string,
  signal: AbortSignal,
): Promise<ResolvedDestination> {
  const written = splitPort(word);
  if (!written) {
    return { is: 'usage', says: `"${word}" has no port behind its colon; type cart.shop:8080` };
  }
  const name = serviceOfHost(written.name) ?? written.name;
  const direct = await resolveTarget(ports, name, namespace, signal);
  if (direct.is === 'pods') return destination(direct.pods, written.port, name);
  if (direct.is === 'unanswered' || name.includes('/')) return direct;
  const asService = `svc/${name}`;
  const behind = await resolveTarget(ports, asService, namespace, signal);
  return behind.is === 'pods' ? destination(behind.pods, written.port, asService) : direct;
}

function destination(
  pods: readonly PodRef[],
  port: number | undefined,
  name: string,
): ResolvedDestination {
  const [pod] = pods;
  if (!pod) return { is: 'usage', says: `${name} has no pods` };
  const service = serviceRef(name, pod.namespace);
  return { is: 'destination', destination: { pod, port, service }, pods: pods.length };
}

export function splitPort(word: string): Written | undefined {
  const colon = word.lastIndexOf(':');
  if (colon < 0) return { name: word, port: undefined };
  const port = Number(word.slice(colon + 1));
  const isPort = /^\d{1,5}$/.test(word.slice(colon + 1)) && port > 0 && port < 65_536;
  return isPort ? { name: word.slice(0, colon), port } : undefined;
}

/** `cart.shop.svc`, `cart.shop.svc.cluster.local`: a Service by the name a client calls it. */
export function serviceOfHost(name: string): string | undefined {
  const host = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(\.[a-z0-9.-]+)?$/.exec(name);
  return host ? `svc/${host[1]}.${host[2]}` : undefined;
}

function serviceRef(
  name: string,
  namespace: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const named = /^(?:svc|service|services)\/([a-z0-9-]+)(?:\.[a-z0-9-]+)?$/i.exec(name);
  return named ? { namespace, name: named[1] ?? '' } : undefined;
}
