import { cartLogs, forgetProvider, policy, rbacFault, setProvider } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-ext-authz-down',
  does: 'A CUSTOM policy of cart asks an external authorizer that has no endpoints.',
  yaml: `apiVersion: v1
kind: Service
metadata: { name: guard, namespace: plain, labels: { app: guard } }
spec:
  selector: { app: guard }
  ports: [{ name: http, port: 9191, targetPort: 9191 }]
---
${policy(
  'ask-guard',
  `  action: CUSTOM
  provider: { name: guard }
  rules: [{}]`,
)}`,
  before: setProvider('guard.plain.svc.cluster.local'),
  effect: cartLogs(/ext_authz_error/),
  after: forgetProvider,
});
