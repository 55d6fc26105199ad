import { removeNamespaces, untilLogged, untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { manifest, rolledOut } from '../install.ts';
import { inNetns, run, until } from '../sh.ts';

const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata: { name: edge, labels: { istio-injection: enabled } }
`;
const CONFIG = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: web, namespace: edge }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: edge }
spec:
  hosts: ['*']
  gateways: [web]
  http: [{ route: [{ destination: { host: cart.shop.svc.cluster.local, port: { number: 8080 } } }] }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: only-post, namespace: edge }
spec:
  selector: { matchLabels: { istio: ingressgateway } }
  action: ALLOW
  rules: [{ to: [{ operation: { methods: [POST] } }] }]
`;

export default {
  name: 'rbac-gateway',
  does: 'A gateway lets POST in alone, and plain/legacy sends GET.',
  async break(lab) {
    const since = new Date();
    const gateway = (await manifest('gateway.yaml')).replaceAll(
      'namespace: kinds',
      'namespace: edge',
    );
    await lab.apply(`${NAMESPACE}---\n${gateway}`);
    await rolledOut('edge', 'istio-ingressgateway');
    await lab.apply(CONFIG);
    const pod = await lab.pod('istio-ingressgateway', 'edge');
    await untilStates(pod, 'synced', ([states = {}]) =>
      Object.values(states).every((state) => state === 'SYNCED'),
    );
    const legacy = await lab.pod('legacy', 'plain');
    const url = `http://${pod.ip}:8080/orders`;
    const curl = ['curl', '-s', '-o', '/dev/null', '-m', '3', '-w', '%{http_code}', url];
    const get = async (): Promise<boolean> =>
      (await run(inNetns(legacy.netns, curl))).stdout === '403';
    await until('the gateway to answer 403', get, 120_000, 500);
    await untilLogged(pod, 'istio-proxy', /matched_policy\[none\]/, since);
    return { target: 'plain/legacy svc/istio-ingressgateway.edge:80' };
  },
  async mend() {
    await removeNamespaces('edge');
  },
} satisfies Fault;
