import { FOREIGN } from '../inject-certificates.ts';
import { webhookFault } from '../linkerd-inject-kit.ts';

export default webhookFault(
  'linkerd-inject-ca-foreign',
  'The caBundle of the webhook is not of what the injector serves: pods pass without a proxy.',
  () => ({ caBundle: FOREIGN }),
);
