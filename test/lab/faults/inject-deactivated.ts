import {
  addCanary,
  addWeb,
  ENABLED,
  NAMESPACE,
  removeCanary,
  removeTag,
  removeWeb,
  restoreDefaultWebhooks,
  settled,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-deactivated',
  does: 'istioctl tag set default turned the old default off, and then the tag was removed.',
  async break(lab) {
    await addCanary();
    await lab.istioctl('tag', 'set', 'default', '--revision', 'canary');
    await removeTag('default');
    await sleep(1500);
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), removeCanary().then(restoreDefaultWebhooks)]);
  },
} satisfies Fault;
