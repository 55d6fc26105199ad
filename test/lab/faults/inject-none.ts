import {
  addWeb,
  DEFAULT_WEBHOOKS,
  ENABLED,
  NAMESPACE,
  remove,
  removeWeb,
  restoreDefaultWebhooks,
  settled,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-none',
  does: 'The only webhook that injects is gone.',
  async break() {
    await remove('mutatingwebhookconfiguration', DEFAULT_WEBHOOKS);
    await sleep(1500);
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreDefaultWebhooks()]);
  },
} satisfies Fault;
