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
  name: 'inject-ca-empty',
  does: 'The webhook lost its label and trusts nothing but public certificates: new pods are refused.',
  async break() {
    await trust('');
    await addWeb(ENABLED);
    await untilRefused(/x509/);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreDefaultWebhooks()]);
  },
} satisfies Fault;
