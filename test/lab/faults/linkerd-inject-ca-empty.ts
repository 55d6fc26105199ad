import { webhookFault } from '../linkerd-inject-kit.ts';

export default webhookFault(
  'linkerd-inject-ca-empty',
  'The caBundle of the webhook was emptied: pods pass without a proxy.',
  () => ({ caBundle: '' }),
);
