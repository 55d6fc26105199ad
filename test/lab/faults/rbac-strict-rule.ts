import { cartLogs, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-strict-rule',
  does: 'shop takes mutual TLS only, and a DestinationRule has web send plaintext to cart.',
  yaml: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec:
  host: cart.shop.svc.cluster.local
  trafficPolicy: { tls: { mode: DISABLE } }
`,
  effect: cartLogs(/filter_chain_not_found/),
});
