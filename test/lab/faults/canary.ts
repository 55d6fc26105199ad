import { removeNamespaces, targetOf } from '../fault-kit.ts';
import { proxyStates } from '../health.ts';
import { rolledOut } from '../install.ts';
import { istioManifest } from '../istio.ts';
import type { Fault } from '../faults.ts';
import { until } from '../sh.ts';

const SHOP = `apiVersion: v1
kind: Namespace
metadata: { name: shop-canary, labels: { istio.io/rev: canary } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop-canary, labels: { app: web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, version: v1, lab.meshdoc.dev/run: real } }
    spec:
      containers:
        - name: app
          image: lab/app:1
          env: [{ name: APP, value: web }]
          ports: [{ name: http, containerPort: 8080 }]
`;
export default {
  name: 'canary',
  does: 'A second revision, canary, runs beside the default one and serves shop-canary/web.',
  async break(lab) {
    await lab.apply(await istioManifest('canary'));
    await rolledOut('istio-system', 'istiod-canary');
    await until('the shop of the canary', () => lab.apply(SHOP).then(() => true));
    await rolledOut('shop-canary', 'web');
    const pod = await lab.pod('web', 'shop-canary');
    const proxy = `${pod.name}.shop-canary`;
    await until('its proxy', async () => (await proxyStates(proxy, 'canary')).length === 1);
    return { target: targetOf(pod), revision: 'canary', istiod: 'istiod-canary' };
  },
  async mend(lab) {
    await removeNamespaces('shop-canary');
    const stdin = await istioManifest('canary');
    await lab.run(['kubectl', 'delete', '--ignore-not-found', '-f', '-'], { stdin });
  },
} satisfies Fault;
