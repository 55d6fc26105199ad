import { addWeb, untilApplied, untilRefused } from '../linkerd-inject-kit.ts';
import { linkerdFault, setWebhook, stopInjector } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-inject-closed',
  'No injector answers, and the webhook fails closed: new pods are refused.',
  async () => {
    await setWebhook({ failurePolicy: 'Fail' });
    await stopInjector();
    await untilApplied();
    await addWeb();
    await untilRefused(/no endpoints available/);
    return { target: 'deploy/web.lj-here' };
  },
);
