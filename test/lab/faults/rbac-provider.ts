import { cartLogs, policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-provider',
  does: 'A CUSTOM policy of cart names an external authorizer that mesh config does not have.',
  yaml: policy(
    'ask-opa',
    `  action: CUSTOM
  provider: { name: opa }
  rules: [{ to: [{ operation: { methods: [GET] } }] }]`,
  ),
  effect: cartLogs(/bad-CUSTOM-action/),
});
