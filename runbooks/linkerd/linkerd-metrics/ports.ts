// Ports that the proxy does not read: opaque ones (it counts connections) and skipped ones (it sees nothing). Defaults:
// linkerd2 charts/linkerd-control-plane/values.yaml proxy.opaquePorts, proxyInit.ignoreInboundPorts.
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { annotation } from '../../../src/model/linkerd/policy/workload.ts';

type Range = { readonly from: number; readonly to: number };

const opaqueByDefault = ranges('25,587,3306,4444,5432,6379,9300,11211');
const proxyNames = /^linkerd-/;

/** `25,443,8000-8100`: numbers, ranges and names; names are left out. */
export function ranges(text: string): readonly Range[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part) ?? [];
    return from === undefined ? [] : [{ from: Number(from), to: Number(to ?? from) }];
  });
}

export function has(all: readonly Range[], port: number): boolean {
  return all.some(({ from, to }) => port >= from && port <= to);
}

export type Opaque = 'no' | 'by-default' | 'annotated';

/** The injector copies the annotations of a namespace to its pods (linkerd2 pkg/inject/inject.go). */
export function opaqueness({ annotations, containers }: Pod, port: number): Opaque {
  const said = annotations[annotation.opaquePorts];
  const names = new Set(
    containers.flatMap((c) => c.ports.filter((p) => p.port === port).map((p) => p.name)),
  );
  const byName = (said ?? '').split(',').some((part) => names.has(part.trim()));
  if (said !== undefined && (byName || has(ranges(said), port))) {
    return has(opaqueByDefault, port) ? 'by-default' : 'annotated';
  }
  return said === undefined && has(opaqueByDefault, port) ? 'by-default' : 'no';
}

/** Application ports whose traffic bypasses the proxy. */
export function skippedPorts({ annotations, containers }: Pod): readonly number[] {
  const skipped = ranges(annotations[annotation.skipInbound] ?? '');
  const own = containers.filter(({ name, role }) => role !== 'init' && !proxyNames.test(name));
  return [...new Set(own.flatMap((c) => c.ports.map(({ port }) => port)))].filter((port) =>
    has(skipped, port),
  );
}

/** The list without one port, as a person would write it; '' when nothing is left. */
export function without(text: string, port: number): string {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !(has(ranges(part), port) && !part.includes('-')))
    .join(',');
}
