import { bankPolicy, rbacFault, tellerCalls, tellerIsClosed } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-tcp-allow',
  does: 'The ALLOW policy of a TCP port names a method, so the proxy drops its rule.',
  yaml: bankPolicy(`  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/bank/sa/teller] } }]
      to: [{ operation: { ports: ['9000'], methods: [GET] } }]`),
  target: tellerCalls,
  effect: tellerIsClosed,
});
