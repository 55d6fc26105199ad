import { block, unblock } from '../blocked.ts';
import type { Fault } from '../faults.ts';

const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web-egress, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }]
`;

export default {
  name: 'blocked-netpol',
  does: 'The NetworkPolicy shop/web-egress allows web no egress to istio-system, so 15012 is dropped.',
  async break(lab) {
    await lab.apply(POLICY);
    const { target } = await block(lab);
    return { target, networkPolicy: 'shop/web-egress' };
  },
  async mend(lab) {
    await lab.kubectl('-n', 'shop', 'delete', 'netpol', 'web-egress', '--ignore-not-found');
    await unblock(lab);
  },
} satisfies Fault;
