import { cartLogs, policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-plaintext-rule',
  does: 'A DestinationRule turns mutual TLS to cart off, and cart allows web by its identity.',
  yaml: `${policy(
    'allow-web',
    `  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }]`,
  )}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec:
  host: cart.shop.svc.cluster.local
  trafficPolicy: { tls: { mode: DISABLE } }
`,
  effect: cartLogs(/matched_policy\[none\]/),
});
