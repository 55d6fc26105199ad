import { FOREIGN } from '../inject-certificates.ts';
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
  name: 'inject-ca-foreign',
  does: 'The webhook lost its label and trusts the root of another mesh: new pods are refused.',
  async break() {
    await trust(FOREIGN);
    await addWeb(ENABLED);
    await untilRefused(/x509/);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreDefaultWebhooks()]);
  },
} satisfies Fault;
