import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { killForMemory } from '../oom-kit.ts';

export default {
  name: 'oom-envoy-alone',
  does: 'Envoy alone is killed, as on cgroup v1: web ends with OOMKilled and 0, cart with Completed and 0.',
  async break(lab) {
    const [web, cart] = [await lab.pod('web'), await lab.pod('cart')];
    await killForMemory(lab, web, 'envoy', 'OOMKilled');
    await killForMemory(lab, cart, 'envoy');
    return { target: targetOf(web), cart: targetOf(cart) };
  },
  async mend(lab) {
    // Only a new pod has never restarted.
    await lab.kubectl('-n', 'shop', 'delete', 'pods', '-l', 'app in (web,cart)');
  },
} satisfies Fault;
