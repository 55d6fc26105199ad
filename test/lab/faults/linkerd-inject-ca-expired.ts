import { EXPIRED } from '../inject-certificates.ts';
import { webhookFault } from '../linkerd-inject-kit.ts';

export default webhookFault(
  'linkerd-inject-ca-expired',
  'The caBundle of the webhook has expired: pods pass without a proxy.',
  () => ({ caBundle: EXPIRED }),
);
