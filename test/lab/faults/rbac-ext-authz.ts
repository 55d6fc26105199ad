import { cartLogs, forgetProvider, policy, rbacFault, setProvider } from '../rbac-kit.ts';

const guard = `apiVersion: v1
kind: Service
metadata: { name: guard, namespace: plain, labels: { app: guard } }
spec:
  selector: { app: guard }
  ports: [{ name: http, port: 9191, targetPort: 9191 }]
---
apiVersion: v1
kind: Pod
metadata: { name: guard, namespace: plain, labels: { app: guard, lab.meshdoc.dev/run: real } }
spec:
  containers:
    - name: app
      image: lab/app:1
      command: [node, -e, "require('http').createServer((q, s) => { s.statusCode = 403; s.end('no') }).listen(9191)"]
---
`;

export default rbacFault({
  name: 'rbac-ext-authz',
  does: 'A CUSTOM policy of cart asks an external authorizer, which denies every request.',
  yaml: `${guard}${policy(
    'ask-guard',
    `  action: CUSTOM
  provider: { name: guard }
  rules: [{}]`,
  )}`,
  before: setProvider('guard.plain.svc.cluster.local'),
  effect: cartLogs(/ext_authz_denied/),
  after: forgetProvider,
});
