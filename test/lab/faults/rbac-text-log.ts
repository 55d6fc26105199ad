import { cartLogs, changeMesh, policy, rbacFault, synced } from '../rbac-kit.ts';
import { sleep } from '../sh.ts';

export default rbacFault({
  name: 'rbac-text-log',
  does: 'The access log is TEXT, and cart allows nobody but the namespace billing.',
  yaml: policy(
    'only-billing',
    `  action: ALLOW
  rules:
    - from: [{ source: { namespaces: [billing] } }]`,
  ),
  before: async (lab) => {
    await changeMesh(lab, (mesh) => (mesh['accessLogEncoding'] = 'TEXT'));
    await sleep(2000);
    await synced(await lab.pod('cart'));
  },
  effect: cartLogs(/^\S+ \S+ \S+ \[.*matched_policy\[none\]/),
  after: (lab) => changeMesh(lab, (mesh) => (mesh['accessLogEncoding'] = 'JSON')),
});
