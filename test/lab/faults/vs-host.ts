import { configFault } from '../fault-kit.ts';

export default configFault(
  'vs-host',
  'The VirtualService shop/cart sends cart to a host that does not exist.',
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http: [{ route: [{ destination: { host: cart-v2 } }] }]
`,
  { virtualService: 'shop/cart', missingHost: 'cart-v2' },
);
