// One Service by its name: whether it is there, and its ports.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import { failure, getObject } from './ask.ts';
import { services } from './kinds.ts';
import { list, number } from '../../model/kube/read.ts';

export type ServiceName = { readonly namespace: string; readonly name: string };
export type ServicePorts = { readonly ports: readonly number[] };

export const serviceNamed = fact({
  name: 'kube/service-named',
  asks: ({ namespace, name }: ServiceName) => `Service ${namespace}/${name}`,
  byHand: ({ namespace, name }) => kubectl`get service ${name} -n ${namespace}`,
  needs: [needs(['get'], 'services', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace, name }, signal) => {
    const reply = await getObject(ports, services, name, namespace, signal);
    if (!reply.ok) {
      return failure(reply, { ask: 'get', ref: { resource: services, name, namespace } });
    }
    const found = list(reply.value.spec, 'ports').flatMap((p) => number(p, 'port') ?? []);
    return { ok: true, value: { ports: found } };
  },
  show: ({ ports }) => [ports.length === 0 ? 'no ports' : `ports ${ports.join(', ')}`],
});
