// The control plane: whether any istiod can serve this pod. While none can, nothing else about the proxy matters.
import { cite, stop, type Found, type Known } from '../../../../src/authoring.ts';
import type { ControlPlane } from '../../../../src/facts/istio/istiods.ts';
import { diffHarmsGateways, imageVersion } from '../../../../src/model/istio/version.ts';
import { planeCheck } from '../../../shared/istio/plane.ts';
import { tell } from '../says.ts';
import { stale } from './pod.ts';

const shared = planeCheck('stale');

export const plane = stale({
  ...shared,
  judge: (got, seen, input, told) => {
    const found = shared.judge?.(got, seen, input, told);
    if (!isList(found)) return found;
    if (found.some((one) => one !== stop && ends.has(one.id))) return [...found, stop];
    return got.plane?.kind === 'known' ? [...found, ...harmful(got.plane)] : found;
  },
});

/** No istiod serves the proxy. */
const ends = new Set(['scaled-to-zero', 'istiod-down', 'istiod-killed']);

function isList(found: unknown): found is readonly (Found | typeof stop)[] {
  return Array.isArray(found);
}

function harmful(plane: Known<ControlPlane>): readonly Found[] {
  const versions = plane.value.istiods.map((i) => imageVersion(i.pod.containers[0]?.image ?? ''));
  const version = versions.find((v) => v !== undefined && diffHarmsGateways(v));
  return version === undefined
    ? []
    : [tell('diff-harms-gateways', { version }, { from: cite(plane) })];
}
