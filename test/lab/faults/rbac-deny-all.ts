import { cartLogs, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-deny-all',
  does: 'AuthorizationPolicy shop/nothing has an empty spec: it allows nothing in the namespace.',
  yaml: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: nothing, namespace: shop }
spec: {}
`,
  effect: cartLogs(/matched_policy\[none\]/),
});
