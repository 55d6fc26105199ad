import { signal, forgetNudge, nudge, targetOf, untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';

const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart-timeout, namespace: shop }
spec:
  hosts: [cart]
  http: [{ timeout: 3s, route: [{ destination: { host: cart } }] }]
`;
const TYPES = ['Cluster', 'Listener', 'RouteConfiguration'];

export default {
  name: 'frozen',
  does: "web's Envoy is stopped (SIGSTOP), then a VirtualService and a Service change: CDS, LDS, RDS STALE.",
  async break(lab) {
    const pod = await lab.pod('web');
    await signal(pod, 'envoy', 'SIGSTOP');
    await lab.apply(ROUTE);
    await nudge(lab, 'catalog');
    await untilStates(pod, 'stale', ([states = {}]) =>
      TYPES.every((type) => states[type] === 'STALE'),
    );
    return { target: targetOf(pod), virtualService: 'shop/cart-timeout' };
  },
  async mend(lab) {
    await signal(await lab.pod('web'), 'envoy', 'SIGCONT');
    await lab.kubectl('-n', 'shop', 'delete', 'vs', 'cart-timeout', '--ignore-not-found');
    await forgetNudge(lab, 'catalog');
  },
} satisfies Fault;
