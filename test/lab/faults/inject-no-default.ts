import {
  addCanary,
  addWeb,
  DEFAULT_WEBHOOKS,
  ENABLED,
  NAMESPACE,
  remove,
  removeCanary,
  removeWeb,
  restoreDefaultWebhooks,
  settled,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-no-default',
  does: 'The mesh has revision canary and tag prod alone, and a namespace asks for the default.',
  async break() {
    await addCanary();
    await remove('mutatingwebhookconfiguration', DEFAULT_WEBHOOKS);
    await sleep(1500);
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), removeCanary().then(restoreDefaultWebhooks)]);
  },
} satisfies Fault;
