import { cartLogs, policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-deny',
  does: 'AuthorizationPolicy shop/no-web denies GET to cart for the service account of web.',
  yaml: policy(
    'no-web',
    `  action: DENY
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }]
      to: [{ operation: { methods: [GET] } }]`,
  ),
  effect: cartLogs(/policy\[no-web\]-rule\[0\]/),
});
