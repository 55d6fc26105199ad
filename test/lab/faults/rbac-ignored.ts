import { rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-ignored',
  does: 'A DENY policy names the Service cart by targetRef, which a sidecar does not take.',
  yaml: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: close-cart, namespace: shop }
spec:
  targetRefs: [{ kind: Service, group: '', name: cart }]
  action: DENY
  rules: [{}]
`,
});
