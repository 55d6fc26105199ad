import { configFault } from '../fault-kit.ts';

export default configFault(
  'unrelated-analysis',
  'A VirtualService for a host that web never calls refers to a gateway that does not exist.',
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: back-office, namespace: shop }
spec:
  hosts: [back-office.example.com]
  gateways: [back-office]
  http: [{ route: [{ destination: { host: cart } }] }]
`,
  { virtualService: 'shop/back-office' },
);
