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
  name: 'inject-never',
  does: 'neverInjectSelector of the injector leaves out pods of one team.',
  async break() {
    await setInjector({ neverInjectSelector: [{ matchLabels: { team: 'batch' } }] });
    await sleep(2000);
    await addWeb(ENABLED, { labels: { team: 'batch' } });
    await settled(NAMESPACE);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), restoreInjector()]);
  },
} satisfies Fault;
