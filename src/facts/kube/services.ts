// The Services in front of a pod and the ports they lead to: a policy is matched against the container's port, and how
// the proxy takes a port depends on its name (istio pkg/config/kube/conversion.go ConvertProtocol).
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure } from './ask.ts';
import { services } from './kinds.ts';
import { labelsAt, list, number, text } from '../../model/kube/read.ts';
import { servicePort } from '../../model/kube/service-port.ts';
import type { ServiceOfPod } from '../../model/kube/services.ts';

export type ServicesArgs = { readonly namespace: string };

export const servicesOf = fact({
  name: 'kube/services',
  asks: ({ namespace }: ServicesArgs) => `the Services in ${namespace}`,
  byHand: ({ namespace }) => kubectl`get services -n ${namespace} -o wide`,
  needs: [needs(['list'], 'services', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace }, signal): Promise<Fetched<readonly ServiceOfPod[]>> => {
    const question: ListQuestion = { ask: 'list', resource: services, namespace };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    return { ok: true, value: reply.value.items.map(readService) };
  },
  show: (value) =>
    value.length === 0
      ? ['none']
      : value.slice(0, 12).map(({ name, ports }) => {
          const said = ports.map((p) => `${p.number} to ${p.target} (${p.protocol})`);
          return `${name}: ${said.join(', ') || 'no ports'}`;
        }),
});

function readService(object: KubeObject): ServiceOfPod {
  const { namespace = '', name, labels = {} } = object.metadata;
  const ip = text(object.spec, 'clusterIP');
  return {
    namespace,
    name,
    labels,
    selector: labelsAt(object.spec, 'selector'),
    ip: ip === 'None' || ip === '' ? undefined : ip,
    ports: list(object.spec, 'ports').flatMap((p) => {
      const port = servicePort(p);
      if (!port || port.protocol === 'udp') return [];
      const target = number(p, 'targetPort') ?? text(p, 'targetPort') ?? port.number;
      return [{ ...port, target }];
    }),
  };
}
