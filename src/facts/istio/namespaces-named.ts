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
    if (served.has(object) || isNear(object, config))
      namespacesIn(object, clusterDomain).forEach((n) => named.add(n));
  }
  named.delete(pod.namespace);
  return [pod.namespace, ...[...named].sort()];
}

/** Config of another namespace matters only where it is about Services of this one. */
export function isNear(
  object: KubeObject,
  { pod, clusterDomain }: Pick<Config, 'pod' | 'clusterDomain'>,
): boolean {
  const home = object.metadata.namespace ?? '';
  return home === pod.namespace || namespacesIn(object, clusterDomain).includes(pod.namespace);
}

function namespacesIn(object: KubeObject, clusterDomain: string): readonly string[] {
  const home = object.metadata.namespace ?? '';
  return hostsOf(object)
    .map((host) => clusterName(resolveHost(host, home, clusterDomain), clusterDomain)?.namespace)
    .filter((namespace) => namespace !== undefined);
}

/** The hosts that it is for. */
export function hostsFor({ spec }: KubeObject): readonly string[] {
  return [...texts(spec, 'hosts'), text(spec, 'host')].filter((host) => host !== undefined);
}

function hostsOf(object: KubeObject): readonly string[] {
  const { spec } = object;
  const routes = ['http', 'tcp', 'tls'].flatMap((key) => list(spec, key));
  const destinations = routes.flatMap((route) => [
    ...list(route, 'route').map((r) => text(r, 'destination', 'host')),
    text(route, 'mirror', 'host'),
    ...list(route, 'mirrors').map((m) => text(m, 'destination', 'host')),
  ]);
  return [...hostsFor(object), ...destinations.filter((host) => host !== undefined)];
}
