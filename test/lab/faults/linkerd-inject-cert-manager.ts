import { kubectl } from '../cluster.ts';
import { FOREIGN } from '../inject-certificates.ts';
import { webhookFault } from '../linkerd-inject-kit.ts';
import { INJECTOR_WEBHOOK } from '../linkerd-kit.ts';

const from = 'cert-manager.io/inject-ca-from=linkerd/linkerd-proxy-injector';

export default webhookFault(
  'linkerd-inject-cert-manager',
  'cert-manager renewed the certificate of the webhook, and the injector serves the old one.',
  async () => {
    await kubectl('annotate', 'mutatingwebhookconfiguration', INJECTOR_WEBHOOK, from);
    return { caBundle: FOREIGN };
  },
);
