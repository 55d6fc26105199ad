import { policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-logs-off',
  does: 'No access log is kept in shop, and cart allows another caller than web.',
  yaml: `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: quiet, namespace: shop }
spec: { accessLogging: [{ providers: [{ name: envoy }], disabled: true }] }
---
${policy(
  'only-checkout',
  `  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/checkout] } }]`,
)}`,
});
