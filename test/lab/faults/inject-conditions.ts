import {
  addWeb,
  ENABLED,
  NAMESPACE,
  patchWebhooks,
  removeWeb,
  restoreDefaultWebhooks,
  settled,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-conditions',
  does: "The webhook has a match condition of somebody's own, which only the API server can evaluate.",
  async break() {
    await patchWebhooks((path) => [
      {
        op: 'add',
        path: `${path}/matchConditions`,
        value: [
          {
            name: 'not-batch',
            expression: '!has(object.metadata.labels) || !("batch" in object.metadata.labels)',
          },
        ],
      },
    ]);
    await sleep(1500);
    await addWeb({ ...ENABLED, team: 'batch' }, { labels: { batch: 'true' } });
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreDefaultWebhooks()]);
  },
} satisfies Fault;
