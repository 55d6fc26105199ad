import { configFault } from '../fault-kit.ts';

export default configFault(
  'export-to',
  'A VirtualService for cart lives in another namespace and is exported to that one only.',
  `apiVersion: v1
kind: Namespace
metadata: { name: billing, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: invoices, namespace: billing, labels: { app: invoices } }
spec:
  selector: { app: invoices }
  ports: [{ name: http, port: 8080, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: invoices, namespace: billing, labels: { app: invoices } }
spec:
  selector: { matchLabels: { app: invoices } }
  template:
    metadata: { labels: { app: invoices } }
    spec: { containers: [{ name: app, image: lab/app:1 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart-retries, namespace: billing }
spec:
  exportTo: ['.']
  hosts: [cart.shop.svc.cluster.local]
  http: [{ timeout: 1s, route: [{ destination: { host: cart.shop.svc.cluster.local } }] }]
`,
  { virtualService: 'billing/cart-retries' },
);
