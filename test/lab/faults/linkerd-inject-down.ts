import { addWeb, untilMade } from '../linkerd-inject-kit.ts';
import { linkerdFault, stopInjector } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-inject-down',
  'No injector answers, and the webhook lets pods pass.',
  async () => {
    await stopInjector();
    await addWeb();
    await untilMade();
    return { target: 'deploy/web.lj-here' };
  },
);
