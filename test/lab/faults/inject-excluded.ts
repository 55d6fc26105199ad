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
  name: 'inject-excluded',
  does: "A selector of somebody's own keeps one team's namespaces from the webhook.",
  async break() {
    await patchWebhooks((path) => [
      {
        op: 'add',
        path: `${path}/namespaceSelector/matchExpressions/-`,
        value: { key: 'team', operator: 'NotIn', values: ['batch'] },
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
