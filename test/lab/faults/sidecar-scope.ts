import { configFault } from '../fault-kit.ts';

export default configFault(
  'sidecar-scope',
  'The Sidecar shop/default lets the shop see only itself: a VirtualService of the shop for billing/invoices has no effect.',
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
kind: Sidecar
metadata: { name: default, namespace: shop }
spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: invoices, namespace: shop }
spec:
  hosts: [invoices.billing.svc.cluster.local]
  http: [{ timeout: 2s, route: [{ destination: { host: invoices.billing.svc.cluster.local } }] }]
`,
  { sidecar: 'shop/default', hiddenService: 'billing/invoices' },
);
