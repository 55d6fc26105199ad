// A pod's ports, probes and settings as the policy controller reads them
// (linkerd2 policy-controller/k8s/index/src/inbound/workload.rs, ports.rs).
import type { KubeObject } from '../../../core/object.ts';
import { at, list, number, text } from '../../kube/read.ts';
import { defaultPolicies, type DefaultPolicy, type Workload } from './types.ts';

export function readWorkload({ metadata, spec }: KubeObject): Workload {
  const containers = [...list(spec, 'containers'), ...list(spec, 'initContainers')];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    named: containers.flatMap((c) => list(c, 'ports').flatMap(namedPort)),
    probes: containers.flatMap(probesOf),
  };
}

function namedPort(port: unknown): readonly { name: string; port: number }[] {
  if ((text(port, 'protocol') ?? 'TCP').toUpperCase() !== 'TCP') return [];
  const name = text(port, 'name');
  const found = number(port, 'containerPort');
  return name === undefined || found === undefined ? [] : [{ name, port: found }];
}

function probesOf(container: unknown): readonly { port: number; path: string }[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => {
    const get = at(container, probe, 'httpGet');
    if (get === undefined) return [];
    const port = number(get, 'port') ?? portNamed(container, text(get, 'port') ?? '');
    if (port === undefined) return [];
    return [{ port, path: (text(get, 'path') ?? '/').split(/[?#]/)[0] || '/' }];
  });
}

/** A probe's port name is looked up in its own container, whatever its case. */
function portNamed(container: unknown, name: string): number | undefined {
  const ports = list(container, 'ports').flatMap(namedPort);
  return ports.find((p) => p.name.toLowerCase() === name.toLowerCase())?.port;
}

export const annotation = {
  defaultPolicy: 'config.linkerd.io/default-inbound-policy',
  opaquePorts: 'config.linkerd.io/opaque-ports',
  requireIdentity: 'config.linkerd.io/proxy-require-identity-inbound-ports',
  skipInbound: 'config.linkerd.io/skip-inbound-ports',
  skipOutbound: 'config.linkerd.io/skip-outbound-ports',
};

export function defaultPolicyOf({ annotations }: Workload): DefaultPolicy | undefined {
  return asDefaultPolicy(annotations[annotation.defaultPolicy]);
}

export function asDefaultPolicy(word: string | undefined): DefaultPolicy | undefined {
  return defaultPolicies.find((one) => one === word);
}

/** `25,4000-4010`; an unreadable list counts as empty. */
export function portIn(ports: string | undefined, port: number): boolean {
  const ranges = (ports ?? '').split(',').flatMap((part) => {
    const word = part.trim();
    if (word === '') return [];
    const [low = '', high = low] = word.split('-').map((end) => end.trim());
    return [{ low: portNumber(low), high: portNumber(high) }];
  });
  if (ranges.some(({ low, high }) => low === 0 || high === 0 || low > high)) return false;
  return ranges.some(({ low, high }) => low <= port && port <= high);
}

function portNumber(word: string): number {
  const found = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  return found < 65_536 ? found : 0;
}
