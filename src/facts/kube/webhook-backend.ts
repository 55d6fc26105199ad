// What answers at a Service that a webhook, or a proxy, calls: the endpoints behind it, and why nothing could.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { GetQuestion, ListQuestion } from '../../core/question.ts';
import { count } from '../../core/text.ts';
import { failure } from './ask.ts';
import { endpointSlices, services } from './kinds.ts';
import { flag, labelsAt, list, number } from '../../model/kube/read.ts';

export type BackendArgs = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** Who calls it; webhooks when absent. */
  readonly caller?: Caller;
};
export type Caller = 'the proxy';
export type BackendState = {
  readonly namespace: string;
  readonly name: string;
  readonly caller?: Caller | undefined;
  readonly service:
    | { readonly is: 'there'; readonly hasPort: boolean; readonly hasSelector: boolean }
    | { readonly is: 'missing' };
  /** Endpoints that are ready, and those that are not. */
  readonly ready: number;
  readonly notReady: number;
};

export const backend = fact({
  name: 'kube/webhook-backend',
  asks: ({ namespace, name, caller }: BackendArgs) =>
    `what answers ${caller ?? 'the webhooks'} at Service ${namespace}/${name}`,
  byHand: ({ namespace, name }) =>
    kubectl`get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`,
  needs: [
    needs(['get'], 'services', 'mesh-root'),
    needs(['list'], 'endpointslices.discovery.k8s.io', 'mesh-root'),
  ],
  timeoutMs: 8000,
  fetch: async (
    ports,
    { namespace, name, port, caller },
    signal,
  ): Promise<Fetched<BackendState>> => {
    const get: GetQuestion = { ask: 'get', ref: { resource: services, name, namespace } };
    const labels = `kubernetes.io/service-name=${name}`;
    const all: ListQuestion = { ask: 'list', resource: endpointSlices, namespace, labels };
    const [service, slices] = await Promise.all([ports.ask(get, signal), ports.ask(all, signal)]);
    if (!service.ok && service.why !== 'absent') return failure(service, get);
    if (!slices.ok) return failure(slices, all);
    const endpoints = slices.value.items.flatMap((item) => list(item, 'endpoints'));
    // Absent means ready (discovery/v1 EndpointConditions).
    const ready = endpoints.filter((e) => flag(e, 'conditions', 'ready') ?? true).length;
    return {
      ok: true,
      value: {
        namespace,
        name,
        caller,
        service: service.ok
          ? {
              is: 'there',
              hasPort: list(service.value.spec, 'ports').some((p) => number(p, 'port') === port),
              hasSelector: Object.keys(labelsAt(service.value.spec, 'selector')).length > 0,
            }
          : { is: 'missing' },
        ready,
        notReady: endpoints.length - ready,
      },
    };
  },
  show: ({ namespace, name, service, ready, notReady }) => [
    service.is === 'missing' ? `no Service ${namespace}/${name}` : `Service ${namespace}/${name}`,
    `endpoints: ${ready} ready, ${notReady} not ready`,
  ],
});

/** The same of what a proxy calls: a CA may be in any namespace. */
export const calledService = fact({
  ...backend,
  name: 'kube/called-service',
  needs: [
    needs(['get'], 'services', 'all'),
    needs(['list'], 'endpointslices.discovery.k8s.io', 'all'),
  ],
});

/** Why nothing can answer at the Service, as a clause. `undefined` when something is there. */
export function outageOf({
  namespace,
  name,
  caller,
  service,
  ready,
  notReady,
}: BackendState): string | undefined {
  if (service.is === 'missing') return `there is no Service ${namespace}/${name}`;
  if (!service.hasPort)
    return `Service ${namespace}/${name} does not have the port that ${caller ?? 'the webhook'} calls`;
  if (ready > 0) return undefined;
  return notReady > 0
    ? `Service ${namespace}/${name} has ${count(notReady, 'endpoint')}, and none is ready`
    : `Service ${namespace}/${name} has no endpoints`;
}
