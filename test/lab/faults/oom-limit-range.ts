import { removeNamespaces, targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { rolledOut } from '../install.ts';
import { removeMetricsApi, serveMetricsApi } from '../metrics-kit.ts';
import { killForMemory } from '../oom-kit.ts';

const YAML = `apiVersion: v1
kind: Namespace
metadata: { name: ranged, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: LimitRange
metadata: { name: small, namespace: ranged }
spec: { limits: [{ type: Container, default: { memory: 128Mi }, defaultRequest: { memory: 64Mi } }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: news, namespace: ranged }
spec:
  selector: { matchLabels: { app: news } }
  template:
    metadata:
      labels: { app: news, lab.meshdoc.dev/run: real }
      annotations: { sidecar.istio.io/proxyCPU: 50m }
    spec: { containers: [{ name: app, image: 'lab/app:1', env: [{ name: APP, value: news }] }] }
`;

export default {
  name: 'oom-limit-range',
  does: 'proxyCPU alone is set, so a LimitRange gives the sidecar its 128Mi, which ends it.',
  async break(lab) {
    await serveMetricsApi(lab);
    await lab.apply(YAML);
    await rolledOut('ranged', 'news');
    const pod = await lab.pod('news', 'ranged');
    await killForMemory(lab, pod, 'container', 'OOMKilled');
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await removeNamespaces('ranged');
    await removeMetricsApi(lab);
  },
} satisfies Fault;
