import { policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-dry-run',
  does: 'A DENY policy of cart is a dry run: nothing is denied.',
  yaml: policy(
    'planned',
    `  action: DENY
  rules: [{}]`,
    ", annotations: { istio.io/dry-run: 'true' }",
  ),
});
