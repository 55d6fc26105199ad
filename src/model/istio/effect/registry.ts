// The hosts that Services and ServiceEntries define, and where a host is: defined, hidden, missing, or in a
// namespace nobody listed.
import type { KubeObject } from '../../../core/object.ts';
import type { Labels } from '../../kube/labels.ts';
import { exportedTo, type ExportTo } from './export-to.ts';
import {
  clusterName,
  covers,
  isAddress,
  isWildcard,
  partialName,
  serviceHost,
} from './host-name.ts';
import { items, labels, part, strings, text } from '../../kube/loose.ts';
import { entryPort, servicePort, type Port } from '../../kube/service-port.ts';
import type { KnownIn, Scene } from './scene.ts';

export type Host = {
  readonly object: KubeObject;
  /** Of a Service of Kubernetes, not a ServiceEntry. */
  readonly service: boolean;
  readonly hostname: string;
  readonly namespace: string;
  readonly ports: readonly Port[];
  readonly exportTo: ExportTo;
  /** An ExternalName Service: another name for something else. */
  readonly alias: boolean;
  readonly selector: Labels;
};
export type Registry = ReadonlyMap<string, readonly Host[]>;

export function readRegistry(scene: Scene): Registry {
  const hosts = [
    ...scene.services.map((service) => readService(service, scene)),
    ...scene.serviceEntries.flatMap((entry) => readEntry(entry, scene)),
  ];
  const registry = new Map<string, Host[]>();
  for (const host of hosts) {
    registry.set(host.hostname, [...(registry.get(host.hostname) ?? []), host].sort(byRank));
  }
  return registry;
}

// pilot/pkg/model/sidecar.go appendSidecarServices: a Service goes before ServiceEntries of the same host.
function byRank(a: Host, b: Host): number {
  const rank = (host: Host) =>
    `${host.service ? 0 : 1} ${host.namespace}/${host.object.metadata.name}`;
  return rank(a) < rank(b) ? -1 : 1;
}

// pilot/pkg/serviceregistry/kube/conversion.go ConvertService
function readService(object: KubeObject, scene: Scene): Host {
  const { name, namespace = '', annotations } = object.metadata;
  const exported = annotations?.['networking.istio.io/exportTo'];
  return {
    object,
    service: true,
    hostname: serviceHost(name, namespace, scene.clusterDomain),
    namespace,
    ports: items(object.spec, 'ports').flatMap(({ is }) => servicePort(is) ?? []),
    exportTo: exported
      ? exported.split(',').map((entry) => entry.trim())
      : (scene.defaultExportTo?.service ?? ['*']),
    alias: text(object.spec, 'type') === 'ExternalName',
    selector: labels(object.spec, 'selector'),
  };
}

// pilot/pkg/serviceregistry/serviceentry/conversion.go convertServices
function readEntry(object: KubeObject, scene: Scene): Host[] {
  const exported = strings(object.spec, 'exportTo');
  const namespace = object.metadata.namespace ?? '';
  const host = {
    object,
    service: false,
    namespace,
    ports: items(object.spec, 'ports').flatMap(({ is }) => entryPort(is) ?? []),
    exportTo: capped(
      exported.length > 0 ? exported : (scene.defaultExportTo?.service ?? ['*']),
      namespace,
      scene.hiddenEntries?.in[namespace],
    ),
    alias: false,
    selector: labels(part(object.spec, 'workloadSelector'), 'labels'),
  };
  return strings(object.spec, 'hosts').map((name) => ({ ...host, hostname: name.toLowerCase() }));
}

// pilot/pkg/model/push_context.go serviceExportTo: meshconfig's `serviceEntryVisibility` only ever narrows.
function capped(
  exportTo: ExportTo,
  namespace: string,
  to: 'namespace' | 'none' | undefined,
): ExportTo {
  if (to === undefined) return exportTo;
  const own = ['*', '.', namespace].some((entry) => exportTo.includes(entry));
  return to === 'namespace' && own ? ['.'] : ['~'];
}

export type Found =
  | { readonly is: 'defined'; readonly host: Host }
  /** A ServiceEntry's wildcard covers it. */
  | { readonly is: 'covered' }
  | { readonly is: 'hidden'; readonly host: Host }
  /** istiod does not read the namespace it is in. */
  | { readonly is: 'undiscovered'; readonly namespace: string }
  | { readonly is: 'missing'; readonly instead?: string | undefined }
  | { readonly is: 'unchecked' };

/** Where a host is, for a client of this scene's pod's namespace. */
export function find(registry: Registry, host: string, scene: Scene): Found {
  const client = scene.pod.namespace;
  const defined = registry.get(host) ?? [];
  // pilot/pkg/model/sidecar.go collectImportedServices: the client's own namespace first, whatever it exports.
  const own = defined.find((one) => one.namespace === client);
  const seen = own ?? defined.find((one) => exportedTo(one.exportTo, one.namespace, client));
  if (seen) return { is: 'defined', host: seen };
  const [hidden] = defined;
  if (hidden) return { is: 'hidden', host: hidden };
  const wide = [...registry.values()].flat().filter((one) => isWildcard(one.hostname));
  const covering = wide.some(
    (one) => covers(one.hostname, host) && exportedTo(one.exportTo, one.namespace, client),
  );
  return covering ? { is: 'covered' } : absent(registry, host, scene);
}

// pkg/kube/namespace/filter.go Filter, which istiod's clients for Services and for its own kinds share.
export function isDiscovered(scene: Scene, namespace: string): boolean {
  const out = scene.undiscovered?.namespaces ?? [];
  return !out.some((one) => one.metadata.name === namespace);
}

function absent(registry: Registry, host: string, scene: Scene): Found {
  const local = clusterName(host, scene.clusterDomain);
  if (local) {
    const { namespace } = local;
    if (!isDiscovered(scene, namespace)) return { is: 'undiscovered', namespace };
    const sure = isKnown(scene.servicesKnownIn, local.namespace) && scene.otherClusters !== true;
    return sure ? { is: 'missing', instead: namesake(registry, local.name) } : { is: 'unchecked' };
  }
  const partial = partialName(host);
  const meant = partial && serviceHost(partial.name, partial.namespace, scene.clusterDomain);
  if (meant !== undefined && registry.has(meant)) return { is: 'missing', instead: meant };
  // Pods of a StatefulSet, other clusters' domains and Multi-Cluster Services have names of this form, and
  // `clusterDomain` may be a guess (istio/istio#48326).
  const inSomeCluster = /\.svc(\.|$)/.test(host);
  if (inSomeCluster || isAddress(host) || isWildcard(host)) return { is: 'unchecked' };
  return configKnownIn(scene) === 'all' ? { is: 'missing' } : { is: 'unchecked' };
}

/** The host of the only Service of that name, if there is just one. */
function namesake(registry: Registry, name: string): string | undefined {
  const found = [...registry.values()]
    .flat()
    .filter((host) => host.service && host.object.metadata.name === name);
  return found.length === 1 ? found[0]?.hostname : undefined;
}

export function configKnownIn(scene: Scene): KnownIn {
  return scene.configKnownIn ?? scene.servicesKnownIn;
}

export function isKnown(known: KnownIn, namespace: string): boolean {
  return known === 'all' || known.includes(namespace);
}
