import { restoreInjector } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import policy from './inject-policy.ts';

export default {
  name: 'inject-was-policy',
  does: 'The policy of the injector is enabled again, and a pod that was made before is still there.',
  async break() {
    const context = await policy.break();
    await restoreInjector();
    return context;
  },
  mend: () => policy.mend(),
} satisfies Fault;
