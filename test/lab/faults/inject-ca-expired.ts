import { EXPIRED } from '../inject-certificates.ts';
import {
  addWeb,
  ENABLED,
  removeWeb,
  restoreDefaultWebhooks,
  TARGET,
  trust,
  untilRefused,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'inject-ca-expired',
  does: 'The webhook lost its label and trusts a root that has expired: new pods are refused.',
  async break() {
    await trust(EXPIRED);
    await addWeb(ENABLED);
    await untilRefused(/x509/);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreDefaultWebhooks()]);
  },
} satisfies Fault;
