// Which Prometheus servers exist: pods of the known installations, and those behind the Service that metrics-api reads.
// Labels: kube-prometheus-stack and prometheus-community charts, `app.kubernetes.io/name`.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../core/fact.ts';
import type { Ports, Reply } from '../../core/ports.ts';
import type { GetQuestion, Listed, ListQuestion } from '../../core/question.ts';
import { podText } from '../../core/refs.ts';
import { failure, missedPart } from '../kube/ask.ts';
import { pods, services } from '../kube/kinds.ts';
import { readPod, type Pod } from '../kube/pod.ts';
import { labelsAt } from '../../model/kube/read.ts';

export type FindArgs = {
  /** Behind the address that viz reads, if it is inside the cluster. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
};
export type Found = {
  readonly service: 'none' | 'there' | 'missing' | 'unread';
  /** The pods behind that Service. */
  readonly behind: readonly Pod[];
  /** Pods found by their labels. */
  readonly labelled: readonly Pod[];
};

const labelQuestion: ListQuestion = {
  ask: 'list',
  resource: pods,
  labels: 'app.kubernetes.io/name=prometheus',
};

export const prometheuses = fact({
  name: 'prometheus/find',
  asks: () => 'Prometheus servers in the cluster',
  byHand: () => kubectl`get pods -A -l app.kubernetes.io/name=prometheus`,
  needs: [needs(['list'], 'pods', 'all'), needs(['get'], 'services', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { service }: FindArgs, signal): Promise<Fetched<Found>> => {
    const [labelled, behind] = await Promise.all([
      ports.ask(labelQuestion, signal),
      service === undefined ? undefined : backends(ports, service, signal),
    ]);
    if (!labelled.ok) return failure(labelled, labelQuestion);
    return {
      ok: true,
      missed: behind?.missed ?? [],
      value: {
        service: behind?.service ?? 'none',
        behind: behind?.pods ?? [],
        labelled: readAll(labelled),
      },
    };
  },
  show: ({ service, behind, labelled }) => [
    ...(service === 'missing' ? ['the Service that metrics-api reads does not exist'] : []),
    ...(service === 'there' ? [`behind the Service: ${names(behind)}`] : []),
    `found by label: ${names(labelled)}`,
  ],
});

type Backends = {
  readonly service: Found['service'];
  readonly pods: readonly Pod[];
  readonly missed: readonly Missed[];
};

async function backends(
  ports: Ports,
  { namespace, name }: NonNullable<FindArgs['service']>,
  signal: AbortSignal,
): Promise<Backends> {
  const get: GetQuestion = { ask: 'get', ref: { resource: services, name, namespace } };
  const service = await ports.ask(get, signal);
  if (!service.ok) {
    if (service.why === 'absent') return { service: 'missing', pods: [], missed: [] };
    const missed = [missedPart(`the Service ${namespace}/${name}`, service, get)];
    return { service: 'unread', pods: [], missed };
  }
  const selector = Object.entries(labelsAt(service.value.spec, 'selector'));
  if (selector.length === 0) return { service: 'there', pods: [], missed: [] };
  const labels = selector.map(([key, value]) => `${key}=${value}`).join(',');
  const list: ListQuestion = { ask: 'list', resource: pods, namespace, labels };
  const found = await ports.ask(list, signal);
  if (found.ok) return { service: 'there', pods: readAll(found), missed: [] };
  const missed = [missedPart(`the pods of Service ${namespace}/${name}`, found, list)];
  return { service: 'there', pods: [], missed };
}

function readAll(reply: Extract<Reply<Listed>, { ok: true }>): readonly Pod[] {
  return reply.value.items.map(readPod).filter(({ phase }) => phase !== 'Succeeded');
}

function names(all: readonly Pod[]): string {
  return all.map(({ ref }) => podText(ref)).join(', ') || 'none';
}
