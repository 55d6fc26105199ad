import { scaleIstiod } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import open from './inject-open.ts';

export default {
  name: 'inject-was-open',
  does: 'istiod answers again, and a pod that a failing-open webhook let pass is still there.',
  async break() {
    const context = await open.break();
    await scaleIstiod(1);
    return context;
  },
  mend: () => open.mend(),
} satisfies Fault;
