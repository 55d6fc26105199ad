import {
  addWeb,
  ENABLED,
  patchWebhooks,
  removeWeb,
  restoreDefaultWebhooks,
  TARGET,
  untilRefused,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { HOST_IP } from '../paths.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-url',
  does: 'The webhook leads to a URL, as in a remote cluster, and nothing answers there.',
  async break() {
    await patchWebhooks((path) => [
      { op: 'remove', path: `${path}/clientConfig/service` },
      { op: 'add', path: `${path}/clientConfig/url`, value: `https://${HOST_IP}:15999/inject` },
    ]);
    await sleep(1500);
    await addWeb(ENABLED);
    await untilRefused(/connection refused/);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreDefaultWebhooks()]);
  },
} satisfies Fault;
