// The Services in front of a pod and the ports they lead to: a policy is matched against the container's port.
import { matchesAll, type Labels } from './labels.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import type { Protocol } from './service-port.ts';

export type ServiceOfPod = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly ip: string | undefined;
  readonly ports: readonly {
    readonly number: number;
    readonly name: string | undefined;
    readonly protocol: Protocol;
    /** A number, or the name of a container's port. */
    readonly target: number | string;
  }[];
};

/** Where a request arrives: the container's port behind a Service's, or the pod's own. */
export type Arrival = {
  /** The container's port. */
  readonly port: number;
  readonly protocol: Protocol;
  readonly service: ServiceOfPod | undefined;
  /** The Service's port. */
  readonly servicePort: number | undefined;
};

/**
 * Every port by which the pod may be called, or the one that was written: of the Service that was named, of any
 * Service in front of the pod, or the container's own.
 */
export function arrivals(
  all: readonly ServiceOfPod[],
  pod: Pod,
  asked: {
    readonly port: number | undefined;
    readonly service: { readonly name: string } | undefined;
  },
): readonly Arrival[] {
  const mine = all.filter((s) => selectsPod(s, pod));
  const named = asked.service ? mine.filter((s) => s.name === asked.service?.name) : mine;
  const found = (named.length > 0 ? named : mine).flatMap((service) =>
    service.ports.flatMap((p): Arrival[] => {
      const port = typeof p.target === 'number' ? p.target : containerPort(pod, p.target);
      if (port === undefined) return [];
      return [{ port, protocol: p.protocol, service, servicePort: p.number }];
    }),
  );
  if (asked.port === undefined) return once(found);
  const written = asked.port;
  const chosen = found.filter((a) => a.servicePort === written);
  if (chosen.length > 0) return once(chosen);
  const direct = found.filter((a) => a.port === written);
  if (direct.length > 0) return once(direct);
  // No Service has this port: istiod builds no chain for it, and sniffs.
  return [{ port: written, protocol: 'sniffed', service: undefined, servicePort: undefined }];
}

export function selectsPod(service: ServiceOfPod, pod: Pod): boolean {
  return (
    service.namespace === pod.ref.namespace &&
    Object.keys(service.selector).length > 0 &&
    matchesAll(service.selector, pod.labels)
  );
}

function containerPort(pod: Pod, name: string): number | undefined {
  return pod.containers.flatMap((c) => c.ports).find((p) => p.name === name)?.port;
}

/** One for each container port: the protocol of the oldest Service wins, which is the first in the list. */
function once(all: readonly Arrival[]): readonly Arrival[] {
  return all.filter((a, i) => all.findIndex((b) => b.port === a.port) === i);
}

/** The Service by which a pod is called: the one that was named, else the first in front of it. */
export function serviceOf(
  all: readonly ServiceOfPod[] | undefined,
  pod: Pod | undefined,
  asked: { readonly service: { readonly name: string } | undefined },
): ServiceOfPod | undefined {
  const mine = (all ?? []).filter((s) => pod !== undefined && selectsPod(s, pod));
  return mine.find((s) => s.name === asked.service?.name) ?? mine[0];
}
