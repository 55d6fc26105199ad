// The waypoint in front of a Service in ambient mode: a separate proxy, the only one that enforces HTTP fields.
// Labels: istio pilot/pkg/serviceregistry/kube/controller/ambient/waypoints.go getUseWaypoint; the Service's own label
// wins over its namespace's, and `none` means no waypoint.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure } from '../kube/ask.ts';
import { pods } from '../kube/kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { readPod, type Pod } from '../kube/pod.ts';

export type WaypointName = { readonly namespace: string; readonly name: string };

const use = 'istio.io/use-waypoint';

export function waypointOf(
  service: { readonly labels: Labels; readonly namespace: string } | undefined,
  namespace: { readonly name: string; readonly labels: Labels } | undefined,
): WaypointName | undefined {
  const holder =
    service?.labels[use] === undefined
      ? namespace && { labels: namespace.labels, namespace: namespace.name }
      : service;
  const name = holder?.labels[use];
  if (!holder || name === undefined || name === '' || name === 'none') return undefined;
  return { name, namespace: holder.labels[`${use}-namespace`] ?? holder.namespace };
}

export const waypointPod = fact({
  name: 'istio/waypoint-pod',
  asks: ({ namespace, name }: WaypointName) => `the waypoint ${namespace}/${name}`,
  byHand: ({ namespace, name }) =>
    kubectl`get pods -n ${namespace} -l gateway.networking.k8s.io/gateway-name=${name}`,
  needs: [needs(['list'], 'pods', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace, name }, signal): Promise<Fetched<Pod>> => {
    const labels = `gateway.networking.k8s.io/gateway-name=${name}`;
    const question: ListQuestion = { ask: 'list', resource: pods, namespace, labels };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const all = reply.value.items.map(readPod);
    const found = all.find((p) => p.ready) ?? all[0];
    if (found) return { ok: true, value: found };
    return { ok: false, why: 'absent', detail: `no pod of the waypoint ${namespace}/${name}` };
  },
  show: (value) => [
    `${value.ref.namespace}/${value.ref.name}, ${value.ready ? 'ready' : 'not ready'}, service account ${value.serviceAccount}`,
  ],
});
