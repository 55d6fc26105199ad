// Which of the Prometheus servers to ask, best first.
import { podText } from '../../core/refs.ts';
import type { Pod } from '../kube/pod.ts';
import type { PrometheusAt } from './ask.ts';
import type { Found } from './find.ts';

export type Candidate = { readonly at: PrometheusAt; readonly pod: Pod | undefined };

/** More are not asked: replicas have the same targets. */
const most = 3;

/** The address that the user gave; else what viz reads, viz's own, and any others. */
export function candidates(
  address: string | undefined,
  found: Found | undefined,
  own: readonly Pod[],
): readonly Candidate[] {
  if (address !== undefined) return [{ at: { by: 'address', address }, pod: undefined }];
  const all = [...(found?.behind ?? []), ...own, ...(found?.labelled ?? [])];
  const once = [...new Map(all.map((pod) => [podText(pod.ref), pod])).values()];
  return once.filter(isServing).slice(0, most).map(candidate);
}

function candidate(pod: Pod): Candidate {
  const container = pod.containers.find(({ name }) => name.startsWith('prometheus'));
  return { at: { by: 'pod', pod: pod.ref, container: container?.name ?? 'prometheus' }, pod };
}

/** A pod whose Prometheus runs; it is asked even if it is not ready. */
function isServing({ phase, containers, deleting }: Pod): boolean {
  const server = containers.find(({ name }) => name.startsWith('prometheus'));
  return (
    phase === 'Running' && !deleting && (server === undefined || server.state.is === 'running')
  );
}
