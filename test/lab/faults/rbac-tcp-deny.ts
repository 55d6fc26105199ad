import { bankPolicy, rbacFault, tellerCalls, tellerIsClosed } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-tcp-deny',
  does: 'A DENY policy for a path covers a TCP port, where it denies every connection.',
  yaml: bankPolicy(`  action: DENY
  rules:
    - to: [{ operation: { paths: [/admin] } }]`),
  target: tellerCalls,
  effect: tellerIsClosed,
});
