// The permissions needed to find the target, before the first question of a runbook: see target.ts and place.ts.
import { needs, type Need } from '../../core/fact.ts';
import type { Inputs, InputSpec } from '../../core/input.ts';
import { resourceName, type Resource } from '../../core/refs.ts';
import { makers, pods, replicaSets, services } from './kinds.ts';
import { standing } from './standing.ts';

const get = (resource: Resource) => needs(['get'], resourceName(resource), 'target');

/** A pod is found through what made it, or through a Service in front of it. */
const podNeeds: readonly Need[] = [
  ...[pods, ...makers, replicaSets, services].map(get),
  needs(['list'], resourceName(pods), 'target'),
];
/** How what a workload or a namespace runs is doing is always looked at (standing.ts). */
const placeNeeds: readonly Need[] = [
  ...[pods, ...makers].map(get),
  ...standing.needs,
  needs(['get'], 'namespaces', 'all'),
];

const byType: Readonly<Record<InputSpec['type'], readonly Need[]>> = {
  pod: podNeeds,
  caller: podNeeds,
  destination: podNeeds,
  place: placeNeeds,
  anywhere: placeNeeds,
  option: [],
  options: [],
};

const optional = 'to tell a host outside the cluster from a Service that is not there';
/** See destination.ts: nothing in the cluster may have the name of the host. */
const hostNeeds: readonly Need[] = [
  needs(['get'], 'namespaces', 'all', { optional }),
  needs(['list'], resourceName(services), 'all', { optional }),
];

/** The permissions that resolving the target may need. */
export function inputNeeds(inputs: Inputs): readonly Need[] {
  return Object.values(inputs).flatMap((spec) => [
    ...byType[spec.type],
    ...(spec.type === 'destination' && spec.takes === 'hosts too' ? hostNeeds : []),
  ]);
}
