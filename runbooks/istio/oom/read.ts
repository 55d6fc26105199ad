// What `oom` reads out of the answers of its steps.
import {
  valueOf,
  type Answer,
  type MeshChoice,
  type PodRef,
  type Say,
} from '../../../src/authoring.ts';
import type { AgentEnd } from '../../../src/facts/istio/agent-end.ts';
import type { Called } from '../../../src/facts/istio/called.ts';
import type { EnvoyMemory } from '../../../src/facts/istio/envoy-memory.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import { deaths, eviction, type Death, type Witness } from './deaths.ts';
import { nearLimit } from './reasons.ts';
import type { ProxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import type { SidecarScope } from '../../../src/facts/istio/sidecar-scope.ts';
import type { StatLines } from '../../../src/facts/istio/stat-lines.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { NodeView } from '../../../src/facts/kube/node.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { ContainerUsage } from '../../../src/facts/kube/usage.ts';
import type { Findings } from './says.ts';

export type OomSay = Say<Findings>;
export type Input = MeshChoice & { readonly pod: PodRef };
export type End = {
  readonly pod: Answer<Pod>;
  readonly events: Answer<readonly Event[]>;
  readonly node: Answer<NodeView> | undefined;
  readonly agent: Answer<AgentEnd> | undefined;
};
export type Use = {
  readonly usage: Answer<readonly ContainerUsage[]>;
  readonly resources: Answer<ProxyResources> | undefined;
};
export type Config = {
  readonly scope: Answer<SidecarScope>;
  readonly called: Answer<Called> | undefined;
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly containers?: End;
  readonly usage?: Use;
  readonly envoy?: Answer<EnvoyMemory> | undefined;
  readonly config?: Config;
  readonly stats?: Answer<StatLines>;
};

export function witnessOf({ pod, events, node, agent }: End): Witness | undefined {
  const about = valueOf(pod);
  return (
    about && {
      pod: about,
      events: valueOf(events),
      node: node && valueOf(node),
      agent: agent && valueOf(agent),
    }
  );
}

const ofMemory: ReadonlySet<string> = new Set(['oom-killed', 'envoy-killed', 'killed']);

/** The end of the proxy that this runbook is about. */
export function proxyDeath(end: End | undefined): Death | undefined {
  const witness = end && witnessOf(end);
  const found = witness ? deaths(witness) : [];
  return found.find((death) => death.whose === 'proxy' && ofMemory.has(death.shape));
}

/** Whether there is anything to explain: the proxy was killed for memory, or soon may be. */
export function hasTrouble(end: End, use: Use | undefined): boolean {
  const proxy = proxyIn(end);
  if (!proxy) return false;
  if (proxyDeath(end) || eviction(valueOf(end.pod) as Pod)) return true;
  return nearLimit(proxy, usedBy(use, proxy.name));
}

export function proxyIn({ pod }: End): Container | undefined {
  const about = valueOf(pod);
  return about && proxyOf(meshRole(about));
}

export function usedBy(use: Use | undefined, container: string): number | undefined {
  return (use && valueOf(use.usage))?.find(({ name }) => name === container)?.memory;
}
