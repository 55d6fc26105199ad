import {
  addWeb,
  ENABLED,
  patchWebhooks,
  removeWeb,
  restoreDefaultWebhooks,
  scaleIstiod,
  settled,
  NAMESPACE,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'inject-open',
  does: 'No istiod answers the webhook, which fails open: new pods are made without a sidecar.',
  async break() {
    await patchWebhooks((path) => [
      { op: 'replace', path: `${path}/failurePolicy`, value: 'Ignore' },
    ]);
    await scaleIstiod(0);
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), scaleIstiod(1).then(restoreDefaultWebhooks)]);
  },
} satisfies Fault;
