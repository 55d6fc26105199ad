import {
  addCanary,
  addWeb,
  ENABLED,
  NAMESPACE,
  removeCanary,
  removeWeb,
  settled,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'inject-moved',
  does: 'A namespace was moved from the default revision to tag prod, and nothing was restarted yet.',
  async break(lab) {
    await addCanary();
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    await lab.kubectl('label', 'namespace', NAMESPACE, 'istio-injection-', 'istio.io/rev=prod');
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), removeCanary()]);
  },
} satisfies Fault;
