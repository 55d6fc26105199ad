import { addWeb, ENABLED, removeWeb, scaleIstiod, TARGET, untilRefused } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'inject-down',
  does: 'No istiod answers the webhook, which fails closed: new pods are refused.',
  async break() {
    await scaleIstiod(0);
    await addWeb(ENABLED);
    await untilRefused(/failed calling webhook/);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), scaleIstiod(1)]);
  },
} satisfies Fault;
