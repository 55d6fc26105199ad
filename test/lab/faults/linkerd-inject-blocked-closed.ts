import { setRules } from '../fault-kit.ts';
import { addWeb, untilApplied, untilRefused } from '../linkerd-inject-kit.ts';
import { CONTROL_PLANE, linkerdFault, podOf, setWebhook } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-inject-blocked-closed',
  'Nothing gets through to port 8443 of the injector, as behind a firewall; the webhook fails closed.',
  async () => {
    const { netns } = await podOf('linkerd-proxy-injector', CONTROL_PLANE);
    await setRules(netns, { in: ['-p tcp --dport 8443 ! -i lo -j DROP'] });
    await setWebhook({ failurePolicy: 'Fail', timeoutSeconds: 2 });
    await untilApplied();
    await addWeb();
    await untilRefused(/deadline exceeded|timeout/);
    return { target: 'deploy/web.lj-here' };
  },
);
