// The namespaces whose Services matter to a pod: its own, and those that routing config near it names.
import type { KubeObject } from '../../core/object.ts';
import { list, text, texts } from '../../model/kube/read.ts';
import { clusterName, resolveHost } from '../../model/istio/effect/host-name.ts';

type Config = {
  readonly pod: { readonly namespace: string };
  readonly clusterDomain: string;
  readonly virtualServices: readonly KubeObject[];
  readonly destinationRules: readonly KubeObject[];
};

/** The pod's own first; then in order of name. */
export function namespacesNamed(
  config: Config,
  /** Config that matters whatever its namespace. */
  served: ReadonlySet<KubeObject>,
): readonly string[] {
  const { pod, clusterDomain } = config;
  const named = new Set<string>();
  for (const object of [...config.virtualServices, ...config.destinationRules]) {
    const home = object.metadata.namespace ?? '';
    const found = hostsOf(object)
      .map((host) => clusterName(resolveHost(host, home, clusterDomain), clusterDomain)?.namespace)
      .filter((namespace) => namespace !== undefined);
    // Config of another namespace matters only where it is about Services of this one.
    const near = home === pod.namespace || found.includes(pod.namespace) || served.has(object);
    if (near) found.forEach((n) => named.add(n));
  }
  named.delete(pod.namespace);
  return [pod.namespace, ...[...named].sort()];
}

function hostsOf(object: KubeObject): readonly string[] {
  const { spec } = object;
  const routes = ['http', 'tcp', 'tls'].flatMap((key) => list(spec, key));
  const destinations = routes.flatMap((route) => [
    ...list(route, 'route').map((r) => text(r, 'destination', 'host')),
    text(route, 'mirror', 'host'),
    ...list(route, 'mirrors').map((m) => text(m, 'destination', 'host')),
  ]);
  return [...texts(spec, 'hosts'), text(spec, 'host'), ...destinations].filter(
    (host) => host !== undefined,
  );
}
