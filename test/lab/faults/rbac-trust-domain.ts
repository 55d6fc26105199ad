import { cartLogs, policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-trust-domain',
  does: 'cart allows web of a trust domain that this mesh is not.',
  yaml: policy(
    'allow-web',
    `  action: ALLOW
  rules:
    - from: [{ source: { principals: [old.example/ns/shop/sa/web] } }]`,
  ),
  effect: cartLogs(/matched_policy\[none\]/),
});
