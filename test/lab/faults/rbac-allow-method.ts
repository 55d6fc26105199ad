import { cartLogs, policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-allow-method',
  does: 'The only ALLOW policy of cart lets web POST, and web sends GET.',
  yaml: policy(
    'only-post',
    `  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }]
      to: [{ operation: { methods: [POST] } }]`,
  ),
  effect: cartLogs(/matched_policy\[none\]/),
});
