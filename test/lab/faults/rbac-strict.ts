import { legacyCalls, legacyGets, rbacFault } from '../rbac-kit.ts';

export default rbacFault({
  name: 'rbac-strict',
  does: 'shop takes mutual TLS only, and plain/legacy has no sidecar.',
  yaml: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
`,
  target: legacyCalls,
  effect: (lab) => legacyGets(lab, '000'),
});
