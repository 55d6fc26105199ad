import { configFault } from '../fault-kit.ts';

export default configFault(
  'vs-subset',
  'The VirtualService shop/cart names a subset that no DestinationRule defines.',
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http: [{ route: [{ destination: { host: cart, subset: v2 } }] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec: { host: cart, subsets: [{ name: v1, labels: { version: v1 } }] }
`,
  { virtualService: 'shop/cart', missingSubset: 'v2' },
);
