import { cartLogs, policy, rbacFault } from '../rbac-kit.ts';
import { REQUEST_AUTHENTICATION } from '../rbac-jwt.ts';

export default rbacFault({
  name: 'rbac-jwt',
  does: 'cart allows requests with a token alone, and web sends none.',
  yaml: `${REQUEST_AUTHENTICATION}---
${policy(
  'with-token',
  `  action: ALLOW
  rules:
    - from: [{ source: { requestPrincipals: ['https://issuer.shop/*'] } }]`,
)}`,
  effect: cartLogs(/matched_policy\[none\]/),
});
