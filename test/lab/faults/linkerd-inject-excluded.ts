import { webhookFault } from '../linkerd-inject-kit.ts';

export default webhookFault(
  'linkerd-inject-excluded',
  'The webhook has a selector of its own, which leaves the namespace out.',
  () => ({ namespaceSelector: { matchLabels: { mesh: 'linkerd' } } }),
);
