import { kubectl } from '../cluster.ts';
import { addWeb, untilMade } from '../linkerd-inject-kit.ts';
import { INJECTOR_WEBHOOK, linkerdFault } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-inject-gone',
  'The configuration of the webhook was deleted.',
  async () => {
    await kubectl('delete', 'mutatingwebhookconfiguration', INJECTOR_WEBHOOK);
    await addWeb();
    await untilMade();
    return { target: 'deploy/web.lj-here' };
  },
);
