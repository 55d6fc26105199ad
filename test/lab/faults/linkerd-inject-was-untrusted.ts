import { FOREIGN } from '../inject-certificates.ts';
import { addWeb, untilApplied, untilMade } from '../linkerd-inject-kit.ts';
import { certificates, linkerdFault, setWebhook, untilInjecting } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-inject-was-untrusted',
  'Pods were made while the webhook could not be trusted; now it can.',
  async () => {
    await setWebhook({ caBundle: FOREIGN });
    await untilApplied();
    await addWeb();
    await untilMade();
    const { serving } = await certificates();
    await setWebhook({ caBundle: serving['linkerd-proxy-injector-k8s-tls'].cert });
    await untilInjecting();
    return { target: 'deploy/web.lj-here' };
  },
);
