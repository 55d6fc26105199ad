import { policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-allowed',
  does: 'Policies of every action are in force for cart, and let web do what it does.',
  yaml: `${policy(
    'allow-web',
    `  action: ALLOW
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }]
      to: [{ operation: { methods: [GET], paths: ['/*'] } }]`,
  )}---
${policy(
  'no-billing',
  `  action: DENY
  rules:
    - from: [{ source: { namespaces: [billing] } }]`,
)}---
${policy('watch', '  action: AUDIT\n  rules: [{}]')}`,
});
