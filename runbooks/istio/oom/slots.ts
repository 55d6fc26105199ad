// Values for the slots of `oom`'s sentences and fixes.
import { age, count, type PodRef } from '../../../src/authoring.ts';
import type { Called } from '../../../src/facts/istio/called.ts';
import type { EnvoyMemory } from '../../../src/facts/istio/envoy-memory.ts';
import { meshRole, proxyOf, type MeshRole } from '../../../src/model/istio/mesh-pod.ts';
import { placeFix } from './place-fix.ts';
import { proposeScope } from './propose-scope.ts';
import { agentBytes, resourcesOf } from './reasons.ts';
import { istioDefaults, size } from '../../../src/model/istio/memory-size.ts';
import type { ProxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import type { Container, Terminated } from '../../../src/model/kube/container.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';

export type FixSlots = ReturnType<typeof places>;

/** Names alone: no change is proposed. */
export function places({ ref, workload }: Pod) {
  return {
    target: workload ? `${workload.kind.toLowerCase()}/${workload.name}` : `pod/${ref.name}`,
    namespace: ref.namespace,
    name: ref.name,
    way: '',
    patch: '',
    undo: '',
    limits: '',
    requests: '',
    gateway: '',
    because: '',
    owned: '',
    scope: '',
    scopeName: '',
    uptime: '',
    brief: '',
    services: '',
    stats: '',
  };
}

type Figures = {
  readonly usage: number | undefined;
  readonly envoy: EnvoyMemory | undefined;
  readonly killedAtLimit: boolean;
};

/** What the proxy ought to have, and where that is written. */
export function fixSlots(
  pod: Pod,
  resources: ProxyResources | undefined,
  figures: Figures | undefined,
): FixSlots {
  const role: MeshRole = meshRole(pod);
  const proxy = proxyOf(role);
  const base = places(pod);
  if (!proxy) return base;
  const { usage, envoy, killedAtLimit = false } = figures ?? {};
  const sized = size({
    now: resourcesOf(proxy),
    defaults: resources?.defaults ?? istioDefaults,
    usage: usage ?? (envoy && envoy.heap + agentBytes),
    // Envoy rarely gives heap back, so its heap tells of what was needed before.
    peak: envoy && envoy.heap + agentBytes,
    killedAtLimit,
  });
  const owned = resources?.owner ?? '';
  return { ...base, ...placeFix(pod, role, resources, sized), because: sized.because, owned };
}

/** The Sidecar of what is called; empty when that is not known. */
export function scopeSlots(
  pod: Pod,
  resources: ProxyResources | undefined,
  called: Called | undefined,
  envoy: EnvoyMemory | undefined,
  root: string,
): Pick<FixSlots, 'scope' | 'scopeName' | 'uptime' | 'brief' | 'services'> {
  const none = { scope: '', scopeName: '', uptime: '', brief: '', services: '' };
  const { workload, ref } = pod;
  if (!called || !envoy || !workload || !resources?.selector) return none;
  const { selector } = resources;
  const { namespace } = ref;
  const manifest = proposeScope({ namespace, workload: workload.name, selector, called, root });
  if (!manifest) return none;
  return {
    scope: JSON.stringify(manifest),
    scopeName: manifest.metadata.name,
    uptime: age(envoy.uptimeS * 1000),
    brief: envoy.uptimeS < 3600 ? ', which is a short time' : '',
    services: `${count(called.called.length, 'service')} instead of ${called.known.toLocaleString('en-US')}`,
  };
}

export function timesText({ restarts }: Container): string {
  return restarts === 0 ? '' : `${count(restarts, 'restart')} of this container`;
}

export function sinceText({ at, startedAt }: Terminated): string {
  if (at === undefined) return '';
  const ran = startedAt === undefined ? Number.NaN : Date.parse(at) - Date.parse(startedAt);
  return `${at}, the last time${Number.isNaN(ran) ? '' : `, after ${age(ran)}`}`;
}

/** What the kill did to traffic: a native sidecar restarts beside a living application. */
export function effectText(pod: Pod, ref: PodRef): string {
  const role = meshRole(pod);
  if (role.is === 'gateway' || role.is === 'waypoint')
    return `Every connection through ${ref.name} was cut.`;
  return role.is === 'sidecar' && role.native
    ? 'The application ran on; its connections were cut (503 UF or UC at its callers) until the proxy was back.'
    : 'Every connection of the pod was cut (503 UF or UC at its callers), and it was not ready until the proxy was back.';
}
