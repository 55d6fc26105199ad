import { legacyCalls, legacyGets, policy, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-plaintext',
  does: 'cart allows meshed callers by identity; plain/legacy has no sidecar, so it has none.',
  yaml: policy(
    'meshed-only',
    `  action: ALLOW
  rules:
    - from: [{ source: { principals: ['*'] } }]`,
  ),
  target: legacyCalls,
  effect: (lab) => legacyGets(lab, '403'),
});
