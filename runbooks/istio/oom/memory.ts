// The memory limit of a container, and how much of it the proxy uses.
import { valueOf, type Answer } from '../../../src/authoring.ts';
import type { EnvoyMemory } from '../../../src/facts/istio/envoy-memory.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { ContainerUsage } from '../../../src/facts/kube/usage.ts';
import { readResources } from '../../../src/model/istio/memory-size.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import type { Container } from '../../../src/model/kube/container.ts';

/** Istio's proxy. */
export function proxyIn(pod: Answer<Pod>): Container | undefined {
  const about = valueOf(pod);
  return about && proxyOf(meshRole(about));
}

export function usedBy(
  usage: Answer<readonly ContainerUsage[]> | undefined,
  { name: container }: Container,
): number | undefined {
  return valueOf(usage)?.find(({ name }) => name === container)?.memory;
}

/** Resources written on the container in the template win over annotations (istio pkg/kube/inject/webhook.go reapplyOverwrittenContainers). */
export function overridden(pod: Pod): boolean {
  return /"istio-proxy"[^]*"resources":\{"(limits|requests)/.test(
    pod.annotations['proxy.istio.io/overrides'] ?? '',
  );
}

/** From this share of its limit on, one push can kill it. */
const nearPart = 0.8;

export function nearLimit(proxy: Container, used: number | undefined): boolean {
  const limit = readResources(proxy.resources).memoryLimit;
  return used !== undefined && limit !== undefined && used >= limit * nearPart;
}

/** What the agent beside Envoy uses, where only Envoy's own figures are known. */
export const agentBytes = 64 * 2 ** 20;

/**
 * Whether Envoy has memory left for a page about every endpoint, which it builds in memory. Measured: a page of 4 MB for
 * 1,500 clusters took 21 MB of heap.
 */
export function affordsClusterPage(
  proxy: Container,
  used: number | undefined,
  envoy: EnvoyMemory | undefined,
): boolean {
  const limit = readResources(proxy.resources).memoryLimit;
  if (!envoy) return false;
  if (limit === undefined) return true;
  return (used ?? envoy.heap + agentBytes) + 2 * 14_000 * envoy.clusters < limit;
}
