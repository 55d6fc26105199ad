import { restoreDefaultWebhooks } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';
import none from './inject-none.ts';

export default {
  name: 'inject-was-none',
  does: 'The webhook is back, and a pod that was made while it was gone is still there.',
  async break() {
    const context = await none.break();
    await sleep(1500);
    await restoreDefaultWebhooks();
    return context;
  },
  mend: () => none.mend(),
} satisfies Fault;
