// From the words a person types to where a request goes: `cart`, `cart.shop:8080`, `svc/cart:80`,
// `cart.shop.svc.cluster.local:8080`, a pod.
import type { Destination, Outside } from '../../core/input.ts';
import { farness } from '../../core/near.ts';
import type { Ports } from '../../core/ports.ts';
import type { PodRef } from '../../core/refs.ts';
import { getObject, listObjects } from './ask.ts';
import { portAt } from './destination-port.ts';
import { namespaces } from './kinds.ts';
import type { Resolved } from './resolved.ts';
import { parseTarget, resolveTarget } from './target.ts';

export type ResolvedDestination =
  | { readonly is: 'destination'; readonly destination: Destination; readonly pods: number }
  /** Nothing in the cluster is called so; `says` is for who can only be told of what is in it. */
  | { readonly is: 'outside'; readonly outside: Outside; readonly says: string }
  | Exclude<Resolved, { readonly is: 'pods' }>;

/** A port by its number or its name. */
type Written = { readonly name: string; readonly port: number | string | undefined };

/** A Service is a destination by itself; the first running pod of a workload stands for the others. */
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
  const parsed = parseTarget(name, namespace);
  if ('by' in parsed && parsed.by === 'namespace')
    return { is: 'usage', says: inside(name, parsed.name) };
  const direct = await resolveTarget(ports, name, namespace, signal);
  if (direct.is === 'pods') return destination(ports, direct.pods, written.port, name, signal);
  if (name.includes('/')) return direct;
  if (direct.is === 'unanswered') return isLongHost(name) ? outsideOf(written, '', direct) : direct;
  const asService = `svc/${name}`;
  const behind = await resolveTarget(ports, asService, namespace, signal);
  if (behind.is === 'pods') return destination(ports, behind.pods, written.port, asService, signal);
  // Whether a Service has that name is not known, so the answer must not say that none has.
  if (behind.is === 'unanswered' && !isLongHost(name)) return behind;
  if (!isHost(name) || (await isMistyped(ports, name, signal))) return direct;
  return outsideOf(written, direct.says, direct);
}

/** `httpbin.org`, and just as well `cart.shpo`. */
function isHost(name: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name);
}

/** A Service and its namespace have one dot; `www.example.org` has more, and so has an address. */
function isLongHost(name: string): boolean {
  return isHost(name) && name.split('.').length > 2;
}

/** `cart.shpo` where there is a namespace shop. */
async function isMistyped(ports: Ports, name: string, signal: AbortSignal): Promise<boolean> {
  if (isLongHost(name)) return false;
  const last = name.slice(name.lastIndexOf('.') + 1);
  const there = await getObject(ports, namespaces, last, undefined, signal);
  if (there.ok) return true;
  const all = await listObjects(ports, namespaces, {}, signal);
  const known = all.ok ? all.value.items.map(({ metadata }) => metadata.name) : [];
  return known.some((one) => last.length > 3 && farness(last, one) <= 2);
}

function outsideOf(
  { name, port }: Written,
  missing: string,
  otherwise: Exclude<Resolved, { readonly is: 'pods' }>,
): ResolvedDestination {
  const told = missing === '' ? '' : `${missing}; `;
  if (typeof port !== 'number') {
    const says = `${told}if ${name} is a host outside the cluster, type its port too: ${name}:443`;
    return otherwise.is === 'usage' ? { is: 'usage', says } : otherwise;
  }
  const says = `${told}if ${name} is a host outside the cluster, this runbook does not diagnose requests to it`;
  return { is: 'outside', outside: { host: name, port }, says };
}

function inside(word: string, namespace: string): string {
  return `"${word}" is a namespace; name what is called in it: a Service, a pod or a workload, such as svc/cart.${namespace}`;
}

async function destination(
  ports: Ports,
  pods: readonly PodRef[],
  written: number | string | undefined,
  name: string,
  signal: AbortSignal,
): Promise<ResolvedDestination> {
  const [pod] = pods;
  if (!pod) return { is: 'usage', says: `${name} has no pods` };
  const service = serviceRef(name, pod.namespace);
  const found = await portAt(ports, { pod, service }, written, signal);
  if (found.is !== 'port') return found;
  const { port } = found;
  return { is: 'destination', destination: { pod, port, service }, pods: pods.length };
}

export function splitPort(word: string): Written | undefined {
  const colon = word.lastIndexOf(':');
  if (colon < 0) return { name: word, port: undefined };
  const [name, written] = [word.slice(0, colon), word.slice(colon + 1)];
  // A port's name has a letter in it (kubernetes apimachinery pkg/util/validation IsValidPortName).
  if (/^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/.test(written))
    return { name, port: written };
  const port = Number(written);
  const isPort = /^\d{1,5}$/.test(written) && port > 0 && port < 65_536;
  return isPort ? { name, port } : undefined;
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
