import { configFault } from '../fault-kit.ts';

export default configFault(
  'vs-gateway-only',
  'The VirtualService shop/cart is bound to a gateway alone: sidecars never get it.',
  `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['shop.example.com'] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart.shop.svc.cluster.local]
  gateways: [public]
  http: [{ timeout: 1s, route: [{ destination: { host: cart } }] }]
`,
  { virtualService: 'shop/cart' },
);
