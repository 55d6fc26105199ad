import { targetOf, untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import nack from './nack.ts';

export default {
  name: 'nack-over',
  does: 'The EnvoyFilter that Envoy refused is gone: only the log still tells of it.',
  async break(lab) {
    await nack.break(lab);
    await nack.mend(lab);
    const pod = await lab.pod('web');
    await untilStates(pod, 'in sync', ([states]) => states?.Listener === 'SYNCED');
    return { target: targetOf(pod) };
  },
  mend: (lab) => nack.mend(lab),
} satisfies Fault;
