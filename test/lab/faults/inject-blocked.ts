import { addWeb, ENABLED, removeWeb, TARGET, untilRefused } from '../inject-kit.ts';
import { clearRules, setRules } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'inject-blocked',
  does: 'istiod is ready, and nothing gets through to its port 15017, as behind a firewall.',
  async break(lab) {
    const { netns } = await lab.pod('istiod', 'istio-system');
    await setRules(netns, { in: ['-p tcp --dport 15017 -j DROP'] });
    await addWeb(ENABLED);
    await untilRefused(/deadline exceeded|timeout/);
    return TARGET;
  },
  async mend(lab) {
    await clearRules((await lab.pod('istiod', 'istio-system')).netns);
    await removeWeb();
  },
} satisfies Fault;
