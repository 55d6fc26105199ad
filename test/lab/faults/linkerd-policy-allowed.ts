import { account, atServer, policy, policyFault, server } from '../linkerd-policy-kit.ts';

export default policyFault('allowed', 'Nothing is broken: the policy of web lets vote-bot in.', [
  server(),
  policy('allow-bot', atServer(), account('default')),
]);
