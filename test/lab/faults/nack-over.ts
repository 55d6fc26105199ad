import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import nack from './nack.ts';

export default {
  name: 'nack-over',
  does: 'The EnvoyFilter that Envoy refused is gone: only the log still tells of it.',
  async break(lab) {
    await nack.break(lab);
    await nack.mend(lab);
    return { target: targetOf(await lab.pod('web')) };
  },
  mend: (lab) => nack.mend(lab),
} satisfies Fault;
