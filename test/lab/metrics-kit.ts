// Makes `kubectl top pod --containers` work, or takes it away again.
import type { Lab } from './lab.ts';
import { METRICS_PORT } from './metrics.ts';
import { HOST_IP } from './paths.ts';
import { until } from './sh.ts';

const objects = `apiVersion: v1
kind: Service
metadata: { name: lab-metrics, namespace: kube-system }
spec: { ports: [{ name: https, port: 443, targetPort: ${METRICS_PORT} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: lab-metrics
  namespace: kube-system
  labels: { kubernetes.io/service-name: lab-metrics }
addressType: IPv4
ports: [{ name: https, port: ${METRICS_PORT}, protocol: TCP }]
endpoints: [{ addresses: ['${HOST_IP}'], conditions: { ready: true } }]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io }
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: { name: lab-metrics, namespace: kube-system }
`;

export async function serveMetricsApi(lab: Lab): Promise<void> {
  await lab.apply(objects);
  await until('the metrics API', () => lab.kubectl('top', 'pods', '-n', 'shop'), 120_000, 500);
}

export async function removeMetricsApi(lab: Lab): Promise<void> {
  await lab.kubectl('delete', 'apiservice', 'v1beta1.metrics.k8s.io', '--ignore-not-found');
  const both = ['service/lab-metrics', 'endpointslice/lab-metrics'];
  await lab.kubectl('-n', 'kube-system', 'delete', ...both, '--ignore-not-found');
}
