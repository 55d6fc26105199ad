// Ports that the proxy does not read: opaque ones (it counts connections) and skipped ones (it sees nothing). Defaults:
// linkerd2 charts/linkerd-control-plane/values.yaml proxy.opaquePorts, proxyInit.ignoreInboundPorts.
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { proxyContainer } from '../../../src/model/linkerd/mesh-pod.ts';
import { annotation } from '../../../src/model/linkerd/policy/workload.ts';

type Range = { readonly from: number; readonly to: number };

const usually = '25,587,3306,4444,5432,6379,9300,11211';
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

/** The injector writes those of the mesh into the environment of each proxy, unless the pod has its own. */
function defaultsOf({ annotations, containers }: Pod): readonly Range[] {
  const env = containers.find(({ name }) => name === proxyContainer)?.env ?? {};
  const said = env['LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION'];
  const isOwn = annotations[annotation.opaquePorts] !== undefined;
  return ranges(isOwn ? usually : (said ?? usually));
}

export type Opaque = 'no' | 'by-default' | 'annotated';

/** The injector copies the annotations of a namespace to its pods (linkerd2 pkg/inject/inject.go). */
export function opaqueness(pod: Pod, port: number): Opaque {
  const { annotations, containers } = pod;
  const byDefault = defaultsOf(pod);
  const said = annotations[annotation.opaquePorts];
  const names = new Set(
    containers.flatMap((c) => c.ports.filter((p) => p.port === port).map((p) => p.name)),
  );
  const byName = (said ?? '').split(',').some((part) => names.has(part.trim()));
  if (said !== undefined && (byName || has(ranges(said), port))) {
    return has(byDefault, port) ? 'by-default' : 'annotated';
  }
  return said === undefined && has(byDefault, port) ? 'by-default' : 'no';
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
