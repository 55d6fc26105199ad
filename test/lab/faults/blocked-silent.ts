import { block, unblock } from '../blocked.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'blocked-silent',
  does: "Packets between web's pod and istiod's port 15012 are dropped; no object in the cluster says why.",
  async break(lab) {
    const { target } = await block(lab);
    return { target };
  },
  mend: unblock,
} satisfies Fault;
