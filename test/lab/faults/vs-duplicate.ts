import { configFault, targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

const route = (name: string, timeout: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec:
  hosts: [cart]
  http: [{ timeout: ${timeout}, route: [{ destination: { host: cart } }] }]
`;
const older = route('cart-old', '10s');
const newer = configFault('', '', route('cart-new', '1s'));
const AGE_RESOLUTION_MS = 1100;

export default {
  name: 'vs-duplicate',
  does: 'Two VirtualServices have the host cart: the older one wins and the newer has no effect.',
  async break(lab) {
    await lab.apply(older);
    await sleep(AGE_RESOLUTION_MS);
    await newer.break(lab);
    const target = targetOf(await lab.pod('web'));
    return { target, winner: 'shop/cart-old', loser: 'shop/cart-new' };
  },
  async mend(lab) {
    await lab.kubectl('-n', 'shop', 'delete', 'vs', 'cart-old', 'cart-new', '--ignore-not-found');
  },
} satisfies Fault;
