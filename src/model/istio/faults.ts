// Faults that a VirtualService injects: the caller's own proxy answers in the place of the destination
// (istio.io/api networking/v1alpha3/virtual_service.proto HTTPFaultInjection.Abort; pilot/pkg/networking/core/route).
import type { Json, KubeObject } from '../../core/object.ts';
import { at, list, number, record, texts } from '../kube/read.ts';
import { covers, resolveHost } from './effect/host-name.ts';

export type Fault = {
  readonly namespace: string;
  readonly name: string;
  readonly hosts: readonly string[];
  /** `spec.http[0].fault.abort` */
  readonly at: string;
  readonly route: number;
  readonly status: number;
  /** `undefined`: every request. */
  readonly percent: number | undefined;
  /** The `fault` as written. */
  readonly written: Json;
};

export function faultsIn(object: KubeObject): readonly Fault[] {
  const { namespace = '', name } = object.metadata;
  return list(object.spec, 'http').flatMap((http, route) => {
    const status = number(http, 'fault', 'abort', 'httpStatus');
    if (status === undefined) return [];
    const percent = number(http, 'fault', 'abort', 'percentage', 'value');
    const hosts = texts(object.spec, 'hosts');
    const written = record(at(http, 'fault')) as Json;
    const place = `spec.http[${route}].fault.abort`;
    return [{ namespace, name, hosts, at: place, route, status, percent, written }];
  });
}

/** Those that answer requests to this host with this status. */
export function faultsFor(
  all: readonly KubeObject[],
  host: string,
  status: number | undefined,
  clusterDomain: string,
): readonly Fault[] {
  return all
    .flatMap(faultsIn)
    .filter(
      (fault) =>
        fault.status === status &&
        fault.hosts.some((one) => covers(resolveHost(one, fault.namespace, clusterDomain), host)),
    );
}
