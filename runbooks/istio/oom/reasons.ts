// Why a proxy has too little memory, the weightiest reason first. Pure.
import {
  age,
  cite,
  count,
  inspect,
  kubectl,
  listed,
  valueOf,
  type Fix,
  type Found,
} from '../../../src/authoring.ts';
import { annotationNames, proxyAnnotations } from '../../../src/facts/istio/proxy-resources.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import { istioDefaults, readResources } from '../../../src/model/istio/memory-size.ts';
import type { MeshRole } from '../../../src/model/istio/mesh-pod.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { memoryText } from '../../../src/model/kube/quantity.ts';
import type { Case } from './checks.ts';
import { again } from './fixes.ts';
import { overridden } from './memory.ts';
import { narrowScope } from './propose-scope.ts';
import { tell } from './says.ts';

export type ProxyCase = Case & {
  readonly proxy: Container;
  readonly role: MeshRole;
  /** Its memory limit and its use now, in bytes. */
  readonly limit: number | undefined;
  readonly used: number | undefined;
};

export type Reason = {
  /** A clause for the sentence of the finding that it explains. */
  readonly short: string;
  readonly found: Found;
  /** Fixes beside more memory; printed with the finding that it explains. */
  readonly fixes?: readonly Fix[];
};

export function reasons(c: ProxyCase): readonly Reason[] {
  const bySize = takesMuch(c) ? [config, stats, statNames] : [stats, statNames, config];
  const all = [partlySet, fromRange, ...bySize, limitLow, threads, connections];
  const about = c.about.value.ref;
  return all
    .flatMap((one) => one(c) ?? [])
    .map((reason) => ({ ...reason, found: { ...reason.found, about } }));
}

/**
 * Any one of the four drops the injector's defaults for the others
 * (istio manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, define "resources").
 */
function partlySet(c: ProxyCase): Reason | undefined {
  const { annotations } = c.about.value;
  if (c.role.is !== 'sidecar' || overridden(c.about.value)) return undefined;
  const unset = annotationNames.filter((name) => annotations[name] === undefined);
  if (unset.length === 0 || unset.length === annotationNames.length) return undefined;
  const set = proxyAnnotations(annotations);
  const slots = {
    set,
    limit: memoryText(usualLimit(c)),
    unset: listed(unset.map((name) => name.replace('sidecar.istio.io/', ''))),
  };
  return {
    short: `only ${set} is set, which drops the mesh's defaults`,
    found: tell('limit-partly-set', slots, { from: cite(c.about, c.use?.resources) }),
  };
}

/** The mesh's default. */
function usualLimit({ use }: ProxyCase): number {
  const { memoryLimit } = valueOf(use?.resources)?.defaults ?? istioDefaults;
  return memoryLimit ?? istioDefaults.memoryLimit ?? 0;
}

/** `LimitRanger plugin set: memory limit for container istio-proxy` (plugin/pkg/admission/limitranger). */
function fromRange({ about, proxy, limit }: ProxyCase): Reason | undefined {
  const { annotations, ref } = about.value;
  const line = new RegExp(`([\\w, ]*)\\blimit for (?:init )?container ${proxy.name}(?:;|$)`).exec(
    annotations['kubernetes.io/limit-ranger'] ?? '',
  );
  if (line?.[1]?.includes('memory') !== true) return undefined;
  const { namespace } = ref;
  const slots = { of: limit === undefined ? undefined : ` of ${memoryText(limit)}`, namespace };
  const read = inspect('Read the LimitRange', kubectl`get limitranges -n ${namespace} -o yaml`);
  return {
    short: `a LimitRange in namespace ${namespace} sets the limit`,
    found: tell('limit-from-range', slots, { from: [about], fixes: [read] }),
  };
}

/**
 * Measured: Envoy 1.40 with 2 worker threads, 1,500 services of 3 endpoints: 77 kB allocated and 89 KiB resident for
 * each cluster, its routes and endpoints included.
 */
export const bytesPerCluster = 90_000;
const manyClusters = 1000;
const greatPart = 0.25;

function takesMuch({ limit, envoy }: ProxyCase): boolean {
  const clusters = valueOf(envoy)?.clusters ?? 0;
  return limit !== undefined && clusters * bytesPerCluster >= limit * greatPart;
}

function config(c: ProxyCase): Reason | undefined {
  const { about, role, limit, envoy, use, root } = c;
  const scope = valueOf(c.config?.scope);
  if (role.is !== 'sidecar' || envoy?.kind !== 'known' || !scope?.everything) return undefined;
  const { clusters, uptimeS } = envoy.value;
  if (clusters < manyClusters && !takesMuch(c)) return undefined;
  const taken = memoryText(clusters * bytesPerCluster);
  const called = valueOf(c.config?.called);
  const selector = valueOf(use?.resources)?.selector;
  const slots = {
    clusters: count(clusters, 'cluster'),
    taken,
    of: limit === undefined ? undefined : ` of its ${memoryText(limit)} limit`,
    by: scope.name === undefined ? 'no Sidecar limits' : `Sidecar ${scope.name} does not limit`,
    uses:
      called &&
      `; since it started ${age(uptimeS * 1000)} ago it called ${called.called.length.toLocaleString('en-US')} of ${count(called.known, 'service')}`,
    calls: callsText(c),
  };
  const { name, namespace } = about.value.ref;
  const see = istioctl`proxy-config cluster ${name} -n ${namespace}`;
  return {
    short: `${slots.clusters} take about ${taken}, and ${slots.by} them`,
    found: tell('too-much-config', slots, {
      from: cite(envoy, c.config?.scope),
      fixes: [inspect('List the clusters in its config', see)],
    }),
    fixes: called && selector ? narrowScope(about.value, uptimeS, { selector, called, root }) : [],
  };
}

/** Why no Sidecar is proposed. */
function callsText({ config: sent }: ProxyCase): string | undefined {
  const calls = sent?.called;
  if (!calls) return 'Its calls were not read: Envoy has too little memory left to list them.';
  if (calls.kind !== 'known') return 'Its calls could not be read.';
  return calls.value.called.length === 0 ? 'It has called nothing since it started.' : undefined;
}

const manyValues = 250;
const manyLines = 500;

function stats({ about, stats: kept }: ProxyCase): Reason | undefined {
  if (kept?.kind !== 'known') return undefined;
  const { top, cut, lines: n } = kept.value;
  if (!top || top.values < manyValues || (!cut && n < manyLines)) return undefined;
  const { label, metric } = top;
  const lines = `${cut ? 'more than ' : ''}${n.toLocaleString('en-US')}`;
  const values = top.values.toLocaleString('en-US');
  const rest = { from: [kept], sure: false } as const;
  // Only a person knows which label may be dropped.
  const see = inspect(
    'See which Telemetry or proxyStatsMatcher adds the label',
    kubectl`get telemetries.telemetry.istio.io -A -o yaml`,
    again(about.value),
  );
  const note = `Label ${label} of metric ${metric} has ${values} values. Remove it with a Telemetry tagOverride REMOVE, or narrow the inclusion patterns of proxyStatsMatcher.`;
  return {
    short: `one label of its metrics has ${values} values`,
    found: tell('too-many-stats', { lines, label, metric, values }, rest),
    fixes: [{ ...see, note }],
  };
}

/** Envoy's own with Istio's labels are some hundred names, in however large a mesh. */
const manyNames = 800;

/** Without extraStatTags a value that changes stays in the name of a metric (istio pkg/bootstrap/config.go). */
function statNames({ about, stats: kept }: ProxyCase): Reason | undefined {
  if (kept?.kind !== 'known' || kept.value.names < manyNames) return undefined;
  const { names: n, cut, example } = kept.value;
  const names = `${cut ? 'more than ' : ''}${n.toLocaleString('en-US')}`;
  const read = inspect(
    'See which metrics its proxyStatsMatcher keeps',
    kubectl`get pod ${about.value.ref.name} -n ${about.value.ref.namespace} -o ${'jsonpath={.metadata.annotations.proxy\\.istio\\.io/config}'}`,
    again(about.value),
  );
  return {
    short: `its metrics have ${names} different names`,
    found: tell('too-many-names', { names, example }, { from: [kept], sure: false }),
    fixes: [read],
  };
}

const lowLimit = 256 * 2 ** 20;

function limitLow(c: ProxyCase): Reason | undefined {
  const { about, limit, used, use } = c;
  if (limit === undefined || partlySet(c) || fromRange(c)) return undefined;
  const usual = usualLimit(c);
  const tight = used !== undefined && limit < used * 1.25;
  if (limit >= usual && limit >= lowLimit && !tight) return undefined;
  const slots = {
    limit: memoryText(limit),
    by: setBy(c),
    than: limit < usual ? ` (the mesh's default is ${memoryText(usual)})` : undefined,
  };
  const found = tell('limit-low', slots, { from: cite(about, use?.resources) });
  return { short: 'the limit is low', found };
}

function setBy({ about, role, proxy }: ProxyCase): string {
  if (role.is === 'gateway' || overridden(about.value))
    return `Container ${proxy.name} in the pod template`;
  return about.value.annotations['sidecar.istio.io/proxyMemoryLimit'] === undefined
    ? "The mesh's default"
    : 'Annotation sidecar.istio.io/proxyMemoryLimit';
}

/** Without a CPU limit ISTIO_CPU_LIMIT is the node's cores, and so is Envoy's concurrency (pilot-agent/config/config.go). */
function threads({ about, proxy, envoy, end }: ProxyCase): Reason | undefined {
  if (envoy?.kind !== 'known' || readResources(proxy.resources).cpuLimit !== undefined)
    return undefined;
  const { concurrency } = envoy.value;
  if (concurrency < 4) return undefined;
  const ofNode = valueOf(end?.node)?.cpus === concurrency;
  const cores = ofNode ? ', one for each core of the node' : undefined;
  const slots = { threads: concurrency, cores };
  return {
    short: `Envoy runs ${concurrency} worker threads`,
    found: tell('threads-of-node', slots, { from: cite(envoy, about) }),
  };
}

const manyConnections = 10_000;

function connections({ limit = Infinity, envoy }: ProxyCase): Reason | undefined {
  if (envoy?.kind !== 'known') return undefined;
  const { connections: n, buffered } = envoy.value;
  if (n < manyConnections && buffered < limit * greatPart) return undefined;
  const open = count(n, 'connection');
  const slots = { connections: open, buffered: memoryText(buffered) };
  const found = tell('many-connections', slots, { from: [envoy], sure: false });
  const isMany = n >= manyConnections;
  const short = isMany ? `${open} are open` : `${slots.buffered} of data waits in buffers`;
  return { short, found };
}
