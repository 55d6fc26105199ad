import { FOREIGN } from '../inject-certificates.ts';
import { untilRefused, webhookFault } from '../linkerd-inject-kit.ts';

export default webhookFault(
  'linkerd-inject-ca-closed',
  'The caBundle of the webhook is of another certificate, and it fails closed.',
  () => ({ caBundle: FOREIGN, failurePolicy: 'Fail' }),
  () => untilRefused(/x509/),
);
