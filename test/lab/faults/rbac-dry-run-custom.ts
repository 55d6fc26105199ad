import { cartLogs, forgetProvider, guard, policy, rbacFault, setProvider } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-dry-run-custom',
  does: 'A CUSTOM policy of cart is a dry run, and denies every request all the same.',
  yaml: `${guard}${policy(
    'planned-guard',
    `  action: CUSTOM
  provider: { name: guard }
  rules: [{}]`,
    ", annotations: { istio.io/dry-run: 'true' }",
  )}`,
  before: setProvider('guard.plain.svc.cluster.local'),
  effect: cartLogs(/rbac_access_denied/),
  after: forgetProvider,
});
