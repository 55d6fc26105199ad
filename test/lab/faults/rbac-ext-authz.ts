import { cartLogs, forgetProvider, guard, policy, rbacFault, setProvider } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-ext-authz',
  does: 'A CUSTOM policy of cart asks an external authorizer, which denies every request.',
  yaml: `${guard}${policy(
    'ask-guard',
    `  action: CUSTOM
  provider: { name: guard }
  rules: [{}]`,
  )}`,
  before: setProvider('guard.plain.svc.cluster.local'),
  effect: cartLogs(/ext_authz_denied/),
  after: forgetProvider,
});
