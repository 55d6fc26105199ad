// How many proxies in front of a gateway it believes (istio.io/api mesh/v1alpha1/proxy.proto ProxyConfig.gatewayTopology).
// The pod's own annotation wins over the mesh's defaults (pkg/kube/inject, istio-agent).
import type { MeshConfig } from '../../facts/istio/mesh-config.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import { number } from '../kube/read.ts';
import { parseYaml } from '../yaml.ts';
import { meshRole, proxyOf } from './mesh-pod.ts';

const path = ['gatewayTopology', 'numTrustedProxies'] as const;

/** `undefined`: the mesh configuration was not read. */
export function trustedProxies(pod: Pod, mesh: MeshConfig | undefined): number | undefined {
  const env = proxyOf(meshRole(pod))?.env['PROXY_CONFIG'];
  const own = [pod.annotations['proxy.istio.io/config'], env].map((said) =>
    number(parseYaml(said ?? ''), ...path),
  );
  return (
    own.find((n) => n !== undefined) ?? (mesh && (number(mesh.raw, 'defaultConfig', ...path) ?? 0))
  );
}
