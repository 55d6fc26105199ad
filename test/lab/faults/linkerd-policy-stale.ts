import { byDefault, denies, policyFault } from '../linkerd-policy-kit.ts';

export default policyFault(
  'stale',
  'The proxy of web denies vote-bot, and no policy in Kubernetes does.',
  [],
  (web) => denies(web, byDefault('deny')),
);
