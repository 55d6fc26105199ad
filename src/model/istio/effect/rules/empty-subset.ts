// Rule: a route to a subset whose labels no pod of the Service has, or no ready one.
import { count, listed } from '../../../../core/text.ts';
import { compare } from '../../../kube/order.ts';
import { matchesAll, type Labels } from '../../../kube/labels.ts';
import type { DestinationRule } from '../destination-rule.ts';
import type { Fault } from '../fault.ts';
import { shortHost } from '../host-name.ts';
import { called, editing } from '../problem.ts';
import { isKnown, type Host } from '../registry.ts';
import type { Change, Workload } from '../scene.ts';
import type { Destination } from '../virtual-service.ts';
import type { World } from '../world.ts';

// istio/istio pkg/config/analysis/analyzers/destinationrule/subset.go (IST0173): the Service's selector and the
// subset's labels together. pilot/pkg/networking/core/cluster_builder.go still makes the cluster, and it stays empty.
export function emptySubset(
  world: World,
  to: Destination,
  host: Host,
  rule: DestinationRule,
): Fault | undefined {
  const labels = rule.subsets.find((one) => one.name === to.subset)?.labels ?? {};
  if (!isJudged(host, labels)) return undefined;
  const { workloads = [], workloadsKnownIn = [] } = world.scene;
  if (!isKnown(workloadsKnownIn, host.namespace)) {
    world.wants.workloads.add(host.namespace);
    return undefined;
  }
  const ofHost = workloads.filter(
    (one) => one.namespace === host.namespace && matchesAll(host.selector, one.labels),
  );
  const chosen = ofHost.filter((one) => matchesAll(labels, one.labels));
  if (chosen.some((one) => one.ready)) return undefined;
  return faultOf(world, to, host, { rule, labels, ofHost, chosen });
}

type Empty = {
  readonly rule: DestinationRule;
  readonly labels: Labels;
  readonly ofHost: readonly Workload[];
  readonly chosen: readonly Workload[];
};

function faultOf(world: World, to: Destination, host: Host, empty: Empty): Fault {
  const { rule, labels, ofHost, chosen } = empty;
  const name = shortHost(host.hostname, world.scene.clusterDomain);
  const subset = `subset ${to.subset ?? ''} of ${name}`;
  const [pod] = chosen;
  if (pod) return notReady(subset, pod, chosen);
  const near = nearest(ofHost, labels);
  const does = near
    ? `Set the labels of subset ${to.subset ?? ''} to those of its pods (now ${near.differs})`
    : `Start pods with ${pairs(labels)}, or remove subset ${to.subset ?? ''}`;
  const touches = `every client of ${name}`;
  const at = rule.subsets.findIndex((one) => one.name === to.subset);
  return {
    rule: 'subset-empty',
    to: `${subset}, which ${called(rule.object)} defines as ${pairs(labels)}, but ${nobody(name, ofHost, near)}`,
    fixes: [editing({ of: rule.object, does, touches }, `/spec/subsets/${at}/labels`)],
  };
}

function notReady(subset: string, pod: Workload, chosen: readonly Workload[]): Fault {
  const { namespace, name } = pod;
  const all = chosen.length === 1 ? `only pod ${name} is` : `${count(chosen.length, 'pod')} are`;
  const fix: Change = {
    does: 'See in its status and events why it is not ready',
    target: { kind: 'Pod', namespace, name },
    touches: 'nothing',
  };
  return { rule: 'subset-empty', to: `${subset}, whose ${all} not ready`, fixes: [fix] };
}

function nobody(name: string, ofHost: readonly Workload[], near: Near | undefined): string {
  if (ofHost.length === 0) return `${name} has no pods`;
  const which = near ? ` (${near.names}: ${near.differs})` : '';
  return `none of the ${count(ofHost.length, 'pod')} of ${name} has these labels${which}`;
}

// pilot/pkg/serviceregistry/util/label/label.go AugmentLabels adds labels of place, which no pod shows.
const ofPlace = /^(topology\.|kubernetes\.io\/hostname$|failure-domain\.|istio-locality$)/;

function isJudged(host: Host, labels: Labels): boolean {
  if (!host.service || host.alias || Object.keys(host.selector).length === 0) return false;
  const keys = Object.keys(labels);
  return keys.length > 0 && !keys.some((key) => ofPlace.test(key));
}

type Near = { readonly names: string; readonly differs: string };

/** The pods that share most of the labels, and what they have instead of the others. */
function nearest(ofHost: readonly Workload[], wanted: Labels): Near | undefined {
  const shared = (one: Workload) =>
    Object.entries(wanted).filter(([key, value]) => one.labels[key] === value).length;
  const most = Math.max(0, ...ofHost.map(shared));
  const near = ofHost.filter((one) => shared(one) === most);
  const differs = new Set(near.map((one) => differing(one.labels, wanted)));
  if (near.length === 0) return undefined;
  const names = near
    .slice(0, 2)
    .map((one) => one.name)
    .sort(compare);
  return { names: listed(names), differs: [...differs].sort(compare).slice(0, 3).join(' or ') };
}

function differing(labels: Labels, wanted: Labels): string {
  return Object.keys(wanted)
    .filter((key) => labels[key] !== wanted[key])
    .map((key) => (labels[key] === undefined ? `no label ${key}` : `${key}=${labels[key]}`))
    .join(', ');
}

function pairs(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
