import {
  addWeb,
  ENABLED,
  NAMESPACE,
  removeWeb,
  restoreInjector,
  setInjector,
  settled,
  TARGET,
} from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-policy',
  does: 'The policy of the injector is disabled: only what asks for a sidecar itself gets one.',
  async break() {
    await setInjector({ policy: 'disabled' });
    await sleep(2000);
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreInjector()]);
  },
} satisfies Fault;
