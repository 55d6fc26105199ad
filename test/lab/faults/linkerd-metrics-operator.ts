import type { Fault } from '../faults.ts';
import {
  addPrometheus,
  linkerdFault,
  mendLinkerd,
  MONITORING,
  podOf,
  removeViz,
  untilTarget,
} from '../linkerd-kit.ts';

const MONITOR = `apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: linkerd-proxy
  namespace: linkerd
  labels: { linkerd.io/control-plane-ns: linkerd }
spec:
  namespaceSelector: { any: true }
  selector: { matchLabels: {} }
  podMetricsEndpoints:
  - relabelings:
    - sourceLabels: [__meta_kubernetes_pod_container_name, __meta_kubernetes_pod_container_port_name]
      action: keep
      regex: ^linkerd-proxy;linkerd-admin$
`;

const fault = linkerdFault(
  'linkerd-metrics-operator',
  'Without viz: the PodMonitor lacks the label by which kube-prometheus-stack selects.',
  async (lab) => {
    await removeViz();
    await addPrometheus({ jobs: [] });
    await lab.apply(MONITOR);
    await untilTarget(await podOf('web'), 'absent', /.*/, MONITORING);
  },
);

export default {
  ...fault,
  async mend(lab) {
    // Without the type there is none, which is no error here.
    const monitor = ['podmonitors.monitoring.coreos.com', 'linkerd-proxy'];
    await lab.run(['kubectl', '-n', 'linkerd', 'delete', ...monitor]);
    await mendLinkerd(lab);
  },
} satisfies Fault;
