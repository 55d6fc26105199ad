import {
  addCanary,
  addWeb,
  ENABLED,
  NAMESPACE,
  removeCanary,
  removeWeb,
  settled,
  TARGET,
  untilTrusted,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-double',
  does: 'Tag default stands for canary while the default revision still answers: two webhooks inject.',
  async break(lab) {
    await addCanary();
    const tag = await lab.istioctl('tag', 'generate', 'default', '--revision', 'canary');
    const webhooks = tag.split(/^---\n/m).filter((part) => part.includes('MutatingWebhook'));
    await lab.apply(webhooks.join('---\n'));
    await untilTrusted();
    await sleep(1500);
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), removeCanary()]);
  },
} satisfies Fault;
