// Host names as istiod compares them: short names, wildcards, and which of two is more specific.

// istio/istio pilot/pkg/model/config.go ResolveShortnameToFQDN: a dot makes a name complete, so `cart.shop`
// stays as it is; only a name without a dot gets the namespace of the resource that uses it.
export function resolveHost(host: string, namespace: string, clusterDomain: string): string {
  const name = host.toLowerCase();
  if (name === '*' || name.includes('.') || isAddress(name)) return name;
  return serviceHost(name, namespace, clusterDomain);
}

// pilot/pkg/serviceregistry/kube/conversion.go ServiceHostname
export function serviceHost(name: string, namespace: string, clusterDomain: string): string {
  return `${name}.${namespace}.svc.${clusterDomain}`;
}

export function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

// pkg/config/host/name.go Matches: true when either covers the other.
export function overlaps(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

// pkg/config/host/name.go SubsetOf, with the sides exchanged.
export function covers(wide: string, narrow: string): boolean {
  if (!isWildcard(wide)) return wide === narrow;
  if (!isWildcard(narrow)) return narrow.endsWith(wide.slice(1));
  return narrow.length >= wide.length && narrow.slice(1).endsWith(wide.slice(1));
}

// pilot/pkg/model/config.go MostSpecificHostMatch, pkg/config/host/names.go MoreSpecific: the exact name, else
// the longest wildcard, else the first in the alphabet.
export function mostSpecific(host: string, candidates: readonly string[]): string | undefined {
  const matching = candidates.filter((candidate) => covers(candidate, host));
  if (matching.includes(host)) return host;
  return matching
    .filter(isWildcard)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .at(0);
}

export type ClusterName = { readonly name: string; readonly namespace: string };

/** `cart.shop.svc.cluster.local` -> cart in shop; nothing for any other form. */
export function clusterName(host: string, clusterDomain: string): ClusterName | undefined {
  const suffix = `.svc.${clusterDomain}`;
  if (!host.endsWith(suffix)) return undefined;
  return twoLabels(host.slice(0, -suffix.length));
}

/** `cart.shop` and `cart.shop.svc`, which look complete to istiod and are the name of no Service. */
export function partialName(host: string): ClusterName | undefined {
  return twoLabels(host.endsWith('.svc') ? host.slice(0, -'.svc'.length) : host);
}

function twoLabels(host: string): ClusterName | undefined {
  const [name, namespace, more] = host.split('.');
  if (!name || !namespace || more !== undefined || isWildcard(name)) return undefined;
  return { name, namespace };
}

/** `cart.shop` for a Service of this cluster, the host itself for others: as a sentence names it. */
export function shortHost(host: string, clusterDomain: string): string {
  const found = clusterName(host, clusterDomain);
  return found ? `${found.name}.${found.namespace}` : host;
}
