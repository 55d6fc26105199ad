// The port of a destination, as it was written, compared with the ports there are: a Service forwards only its own.
import type { Ports } from '../../core/ports.ts';
import type { PodRef, Resource } from '../../core/refs.ts';
import { listed } from '../../core/text.ts';
import { getObject } from './ask.ts';
import { pods, services } from './kinds.ts';
import { list, number, text } from '../../model/kube/read.ts';
import type { Resolved } from './resolved.ts';

type Port = {
  readonly number: number;
  readonly name: string | undefined;
  readonly udp: boolean;
  /** The container's port that a Service's leads to. */
  readonly target: number | string | undefined;
};
type Found =
  | { readonly is: 'port'; readonly port: number | undefined }
  | Exclude<Resolved, { readonly is: 'pods' }>;
type At = {
  readonly pod: PodRef;
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
};

export async function portAt(
  ports: Ports,
  { pod, service }: At,
  written: number | string | undefined,
  signal: AbortSignal,
): Promise<Found> {
  // A container may listen on a port that it does not declare.
  if (written === undefined || (!service && typeof written === 'number'))
    return { is: 'port', port: written };
  const { namespace, name } = service ?? pod;
  const resource: Resource = service ? services : pods;
  const what = service ? `svc/${name}.${namespace}` : `pod ${namespace}/${name}`;
  const reply = await getObject(ports, resource, name, namespace, signal);
  if (!reply.ok) return { is: 'unanswered', reply, asked: `the ports of ${what}` };
  const there = service ? servicePorts(reply.value.spec) : containerPorts(reply.value.spec);
  const called = there.filter(
    (one) => (typeof written === 'number' ? one.number : one.name) === written,
  );
  // A headless Service stands for its pods, at any port they listen on.
  const headless = text(reply.value.spec, 'clusterIP') === 'None';
  if (called.length === 0 && headless && typeof written === 'number')
    return { is: 'port', port: written };
  // The same number may be taken twice, for TCP and for UDP.
  const chosen = called.find(({ udp }) => !udp);
  if (chosen) return { is: 'port', port: chosen.number };
  const has = there.length === 0 ? 'it has none' : `it has ${listed(there.map(portText))}`;
  const says = called[0]
    ? `port ${written} of ${what} is UDP, which mesh proxies do not handle; ${has}`
    : `${what} has no port ${written}; ${has}${hint(there, written, what)}`;
  return { is: 'usage', says };
}

function servicePorts(spec: unknown): readonly Port[] {
  return list(spec, 'ports').flatMap((port) => readPort(port, 'port'));
}

function containerPorts(spec: unknown): readonly Port[] {
  const all = [...list(spec, 'containers'), ...list(spec, 'initContainers')];
  return all.flatMap((one) =>
    list(one, 'ports').flatMap((port) => readPort(port, 'containerPort')),
  );
}

function readPort(port: unknown, key: string): readonly Port[] {
  const found = number(port, key);
  if (found === undefined) return [];
  return [
    {
      number: found,
      name: text(port, 'name'),
      udp: text(port, 'protocol') === 'UDP',
      target: number(port, 'targetPort') ?? text(port, 'targetPort'),
    },
  ];
}

/** A person who types the container's port means the Service's. */
function hint(there: readonly Port[], written: number | string, what: string): string {
  const leads = there.find(({ target, udp }) => target === written && !udp);
  return leads ? `: type ${what}:${leads.number}, which leads to ${written}` : '';
}

/** `80 (http)`, `53 (dns, UDP)` */
function portText({ number: port, name, udp }: Port): string {
  const more = [...(name === undefined ? [] : [name]), ...(udp ? ['UDP'] : [])].join(', ');
  return more === '' ? String(port) : `${port} (${more})`;
}
