// Which Services of other namespaces the pod calls, by its Envoy's own counters: asked only where routing config is about
// some Service that is not the pod's.
import type { Missed } from '../../../core/fact.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { Ports } from '../../../core/ports.ts';
import type { PodRef } from '../../../core/refs.ts';
import { resolveHost } from '../../../model/istio/effect/host-name.ts';
import type { Scene } from '../../../model/istio/effect/scene.ts';
import { proxyName as container } from '../../../model/istio/mesh-pod.ts';
import { called } from '../called.ts';
import { hostsFor, isNear } from '../namespaces-named.ts';

export type Calls = {
  readonly hosts: readonly string[];
  /** The config of other namespaces that is about them. */
  readonly config: readonly KubeObject[];
  readonly missed: readonly Missed[];
};

const none: Calls = { hosts: [], config: [], missed: [] };

export async function readCalls(
  ports: Ports,
  pod: PodRef,
  scene: Scene,
  signal: AbortSignal,
): Promise<Calls> {
  const far = [...scene.virtualServices, ...scene.destinationRules].filter(
    (object) => !isNear(object, scene),
  );
  if (scene.router || far.length === 0) return none;
  const got = await called.fetch(ports, { pod, container, port: 15_000 }, signal);
  if (!got.ok) {
    const { why, detail, access } = got;
    const asked = 'which Services of other namespaces the pod calls';
    const known = why === 'absent' ? 'unreadable' : why;
    return { ...none, missed: [{ asked, why: known, detail, access }] };
  }
  const all = new Set(got.value.called.map(({ host }) => host));
  const about = (object: KubeObject) =>
    hostsFor(object).map((host) =>
      resolveHost(host, object.metadata.namespace ?? '', scene.clusterDomain),
    );
  const config = far.filter((object) => about(object).some((host) => all.has(host)));
  const hosts = new Set(config.flatMap(about).filter((host) => all.has(host)));
  return { hosts: [...hosts], config, missed: [] };
}
