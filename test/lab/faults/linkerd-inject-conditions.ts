import { webhookFault } from '../linkerd-inject-kit.ts';

export default webhookFault(
  'linkerd-inject-conditions',
  'The webhook has match conditions, which only the API server evaluates.',
  () => ({
    matchConditions: [{ name: 'not-batch', expression: `request.namespace != 'lj-here'` }],
  }),
);
