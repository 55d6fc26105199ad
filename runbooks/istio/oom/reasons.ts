// Why a proxy has too little memory: what is known of it, weighed. Pure; the order is the order of weight.
import { age, count, listed } from '../../../src/authoring.ts';
import type { NodeView } from '../../../src/facts/kube/node.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { memoryText } from '../../../src/model/kube/quantity.ts';
import type { Called } from '../../../src/facts/istio/called.ts';
import type { EnvoyMemory } from '../../../src/facts/istio/envoy-memory.ts';
import type { MeshRole } from '../../../src/model/istio/mesh-pod.ts';
import {
  annotationNames,
  proxyAnnotations,
  type ProxyResources,
} from '../../../src/facts/istio/proxy-resources.ts';
import type { SidecarScope } from '../../../src/facts/istio/sidecar-scope.ts';
import type { StatLines } from '../../../src/facts/istio/stat-lines.ts';
import { imageVersion, reportedLeak } from '../../../src/model/istio/version.ts';
import {
  istioDefaults,
  readResources,
  type Resources,
} from '../../../src/model/istio/memory-size.ts';

export type ReasonId =
  | 'limit-partly-set'
  | 'limit-from-range'
  | 'limit-low'
  | 'too-much-config'
  | 'too-many-stats'
  | 'threads-of-node'
  | 'many-connections'
  | 'known-leak';

/** Which of the answers a reason rests on. */
export type Source = 'pod' | 'resources' | 'envoy' | 'scope' | 'stats' | 'usage';

export type Reason = {
  readonly id: ReasonId;
  readonly sure: boolean;
  /** A clause for the sentence of what it explains. */
  readonly short: string;
  readonly says: string;
  readonly from: readonly [Source, ...Source[]];
};

export type Known = {
  readonly pod: Pod;
  readonly role: MeshRole;
  readonly proxy: Container;
  readonly resources: ProxyResources | undefined;
  readonly usage: number | undefined;
  readonly envoy: EnvoyMemory | undefined;
  readonly scope: SidecarScope | undefined;
  readonly called: Called | undefined;
  readonly stats: StatLines | undefined;
  readonly node: NodeView | undefined;
};

export function resourcesOf(proxy: Container): Resources {
  return readResources(proxy.resources.limits, proxy.resources.requests);
}

export function reasons(known: Known): readonly Reason[] {
  const filled = takesMuch(known);
  const bySize = filled ? [config, stats] : [stats, config];
  const all = [partlySet, fromRange, ...bySize, limitLow, threads, connections, leak];
  return all.map((one) => one(known)).filter((r): r is Reason => r !== undefined);
}

const rangeAnnotation = 'kubernetes.io/limit-ranger';

/**
 * Any one of the four drops the injector's defaults for the others
 * (istio manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, define "resources").
 */
function partlySet({ pod, role, resources }: Known): Reason | undefined {
  if (role.is !== 'sidecar' || overridden(pod)) return undefined;
  const set = annotationNames.filter((name) => pod.annotations[name] !== undefined);
  if (set.length === 0 || set.length === annotationNames.length) return undefined;
  const dropped = annotationNames.filter((name) => pod.annotations[name] === undefined);
  const limit = memoryText(resources?.defaults?.memoryLimit ?? istioDefaults.memoryLimit ?? 0);
  const short = (name: string) => name.replace('sidecar.istio.io/', '');
  return {
    id: 'limit-partly-set',
    sure: true,
    short: `only ${proxyAnnotations(pod.annotations)} is set, and that drops the mesh's defaults`,
    says: `Of the four resource annotations only ${proxyAnnotations(pod.annotations)} is set, which drops the mesh's defaults (a memory limit of ${limit}) and leaves ${listed(dropped.map(short))} unset`,
    from: ['pod', 'resources'],
  };
}

/** `LimitRanger plugin set: memory limit for container istio-proxy` (plugin/pkg/admission/limitranger). */
function fromRange({ pod, proxy }: Known): Reason | undefined {
  const said = pod.annotations[rangeAnnotation] ?? '';
  const line = new RegExp(`([\\w, ]*)\\blimit for (?:init )?container ${proxy.name}(?:;|$)`).exec(
    said,
  );
  if (line?.[1]?.includes('memory') !== true) return undefined;
  const limit = resourcesOf(proxy).memoryLimit;
  return {
    id: 'limit-from-range',
    sure: true,
    short: `a LimitRange of namespace ${pod.ref.namespace} set the limit`,
    says: `The memory limit${limit === undefined ? '' : ` of ${memoryText(limit)}`} comes from a LimitRange of namespace ${pod.ref.namespace}, for the proxy had none of its own`,
    from: ['pod'],
  };
}

/**
 * Measured: Envoy 1.40 with 2 worker threads, 1,500 services of 3 endpoints: 77 kB allocated and 89 KiB resident for
 * each cluster, its routes and endpoints included.
 */
export const bytesPerCluster = 90_000;
const manyClusters = 1000;
const greatPart = 0.25;

function takesMuch({ proxy, envoy }: Pick<Known, 'proxy' | 'envoy'>): boolean {
  const limit = resourcesOf(proxy).memoryLimit;
  const clusters = envoy?.clusters ?? 0;
  return limit !== undefined && clusters * bytesPerCluster >= limit * greatPart;
}

function config({ role, proxy, envoy, scope, called }: Known): Reason | undefined {
  if (role.is !== 'sidecar' || !envoy || !scope?.everything) return undefined;
  const taken = envoy.clusters * bytesPerCluster;
  const limit = resourcesOf(proxy).memoryLimit;
  if (envoy.clusters < manyClusters && !takesMuch({ proxy, envoy })) return undefined;
  const of = limit === undefined ? '' : ` of its ${memoryText(limit)}`;
  const by =
    scope.name === undefined ? 'no Sidecar limits' : `Sidecar ${scope.name} does not limit`;
  const used = called
    ? `; since Envoy started ${age(envoy.uptimeS * 1000)} ago it called ${count(called.called.length, 'service')} of ${called.known.toLocaleString('en-US')}`
    : '';
  return {
    id: 'too-much-config',
    sure: true,
    short: `${count(envoy.clusters, 'cluster')} take about ${memoryText(taken)}, and no Sidecar keeps any of them away`,
    says: `Envoy holds ${count(envoy.clusters, 'cluster')}, about ${memoryText(taken)}${of}, and ${by} what it is sent${used}`,
    from: ['envoy', 'scope'],
  };
}

const manyValues = 250;
const manyLines = 500;

function stats({ stats: kept }: Known): Reason | undefined {
  if (!kept?.top || kept.top.values < manyValues) return undefined;
  if (!kept.cut && kept.lines < manyLines) return undefined;
  const { metric, label, values } = kept.top;
  const lines = `${kept.cut ? 'more than ' : ''}${kept.lines.toLocaleString('en-US')}`;
  return {
    id: 'too-many-stats',
    sure: false,
    short: `a label of its metrics has ${values.toLocaleString('en-US')} values`,
    says: `The proxy keeps ${lines} metrics: the label ${label} of ${metric} alone has ${values.toLocaleString('en-US')} values`,
    from: ['stats'],
  };
}

const lowLimit = 256 * 2 ** 20;

function limitLow(known: Known): Reason | undefined {
  const { pod, role, proxy, resources, usage } = known;
  const limit = resourcesOf(proxy).memoryLimit;
  if (limit === undefined || partlySet(known) || fromRange(known)) return undefined;
  const usual = resources?.defaults?.memoryLimit ?? istioDefaults.memoryLimit ?? 0;
  const tight = usage !== undefined && limit < usage * 1.25;
  if (limit >= usual && limit >= lowLimit && !tight) return undefined;
  const by =
    role.is === 'gateway' || overridden(pod)
      ? `the container ${proxy.name} in the pod template`
      : pod.annotations['sidecar.istio.io/proxyMemoryLimit'] !== undefined
        ? 'the annotation sidecar.istio.io/proxyMemoryLimit'
        : "the mesh's default";
  const than = limit < usual ? `, the mesh gives ${memoryText(usual)} by default` : '';
  return {
    id: 'limit-low',
    sure: true,
    short: 'the limit is low',
    says: `The memory limit of ${memoryText(limit)} is low: ${by} sets it${than}`,
    from: ['pod', 'resources'],
  };
}

/** Without a CPU limit ISTIO_CPU_LIMIT is the node's cores, and so is Envoy's concurrency (pilot-agent/config/config.go). */
function threads({ proxy, envoy, node }: Known): Reason | undefined {
  if (!envoy || envoy.concurrency < 4 || resourcesOf(proxy).cpuLimit !== undefined)
    return undefined;
  const cores = node?.cpus === envoy.concurrency ? ', as many as the node has cores' : '';
  return {
    id: 'threads-of-node',
    sure: true,
    short: `Envoy runs ${envoy.concurrency} worker threads`,
    says: `Envoy runs ${envoy.concurrency} worker threads${cores}, for the proxy has no CPU limit: each keeps connections, caches and counters of its own`,
    from: ['envoy', 'pod'],
  };
}

const manyConnections = 10_000;

function connections({ proxy, envoy }: Known): Reason | undefined {
  if (!envoy) return undefined;
  const limit = resourcesOf(proxy).memoryLimit ?? Infinity;
  const buffers = envoy.buffered >= limit * greatPart;
  if (envoy.connections < manyConnections && !buffers) return undefined;
  return {
    id: 'many-connections',
    sure: false,
    short: `${count(envoy.connections, 'connection')} are open`,
    says: `Clients hold ${count(envoy.connections, 'connection')} open, and ${memoryText(envoy.buffered)} wait in buffers`,
    from: ['envoy'],
  };
}

function leak({ proxy }: Known): Reason | undefined {
  const version = imageVersion(proxy.image);
  const known = reportedLeak(version ?? '');
  if (version === undefined || !known) return undefined;
  return {
    id: 'known-leak',
    sure: false,
    short: `version ${version} is known to leak`,
    says: `Proxies of version ${version} were reported to leak memory (${known.issue})`,
    from: ['pod'],
  };
}

/** Resources written on the container in the template win over annotations (istio pkg/kube/inject/webhook.go reapplyOverwrittenContainers). */
export function overridden(pod: Pod): boolean {
  return /"istio-proxy"[^]*"resources":\{"(limits|requests)/.test(
    pod.annotations['proxy.istio.io/overrides'] ?? '',
  );
}

/** Part of the limit that is in use, from which one push can end it. */
const nearPart = 0.8;

export function nearLimit(proxy: Container, usage: number | undefined): boolean {
  const limit = resourcesOf(proxy).memoryLimit;
  return usage !== undefined && limit !== undefined && usage >= limit * nearPart;
}

/**
 * Whether Envoy may be asked for a page about every endpoint. It builds the page in memory: 4 MB for 1,500 clusters
 * took 21 MB of heap, measured.
 */
export function affordsClusterPage(
  proxy: Container,
  usage: number | undefined,
  envoy: EnvoyMemory | undefined,
): boolean {
  const limit = resourcesOf(proxy).memoryLimit;
  if (!envoy) return false;
  if (limit === undefined) return true;
  const used = usage ?? envoy.heap + agentBytes;
  return used + 2 * 14_000 * envoy.clusters < limit;
}

/** What the agent beside Envoy takes, where only Envoy's own figures are known. */
export const agentBytes = 64 * 2 ** 20;
