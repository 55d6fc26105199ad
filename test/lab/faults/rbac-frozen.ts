import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';
import frozen from './frozen.ts';

export default {
  ...frozen,
  name: 'rbac-frozen',
  does: "web's Envoy has been stopped for a while, and web is what is called.",
  async break(lab) {
    const context = await frozen.break(lab);
    // Old enough not to be a push on its way.
    await sleep(9000);
    return { ...context, target: 'deploy/cart.shop deploy/web.shop:8080' };
  },
} satisfies Fault;
