// tap and top use tap's own API, which the API server forwards to it; stat does not need it
// (linkerd2 viz/charts/linkerd-viz/templates/tap-rbac.yaml).
import { kubectl } from '../../../core/command.ts';
import { fact, needs } from '../../../core/fact.ts';
import type { GetQuestion } from '../../../core/question.ts';
import { failure } from '../../kube/ask.ts';
import type { Pod } from '../../kube/pod.ts';
import { list, text } from '../../../model/kube/read.ts';
import { apiServices } from '../identity/kinds.ts';
import { proxyContainer } from '../../../model/linkerd/mesh-pod.ts';

const name = 'v1alpha1.tap.linkerd.io';

/** `why`: absent while the API is available. */
export type TapService = { readonly why: string | undefined };

export const tapService = fact({
  name: 'linkerd/tap-service',
  asks: () => `the APIService ${name}`,
  byHand: () => kubectl`get apiservice ${name} -o yaml`,
  needs: [needs(['get'], 'apiservices.apiregistration.k8s.io', 'all', { names: [name] })],
  timeoutMs: 8000,
  fetch: async (ports, _: object, signal) => {
    const question: GetQuestion = { ask: 'get', ref: { resource: apiServices, name } };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const conditions = list(reply.value.status, 'conditions');
    const available = conditions.find((c) => text(c, 'type') === 'Available');
    const down = text(available, 'status') === 'False';
    const value: TapService = { why: down ? reasonOf(available) : undefined };
    return { ok: true, value };
  },
  show: ({ why }) => [why ?? 'available'],
});

function reasonOf(condition: unknown): string {
  return `${text(condition, 'reason') ?? 'not available'}: ${text(condition, 'message') ?? ''}`;
}

/** The tap injector did not exist yet when the pod was created (linkerd2 viz/tap/injector). */
export function lacksTap({ containers, annotations }: Pod): boolean {
  if (annotations['viz.linkerd.io/disable-tap'] === 'true') return false;
  const proxy = containers.find((container) => container.name === proxyContainer);
  return proxy !== undefined && proxy.env['LINKERD2_PROXY_TAP_SVC_NAME'] === undefined;
}
