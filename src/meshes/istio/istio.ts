// Istio, as the rest of meshdoc knows it.
import type { Mesh } from '../../core/mesh.ts';
import { istioctl } from './istioctl.ts';
import { harmful, pages } from './pages.ts';
import { variables } from './variables.ts';

export const istio: Mesh = {
  id: 'istio',
  title: 'Istio',
  root: {
    key: 'root',
    short: '-i',
    long: '--istioNamespace',
    says: 'namespace of istiod (istio-system)',
    usual: 'istio-system',
    unsaid: 'usual',
  },
  programs: [istioctl],
  pages,
  harmful,
  variables,
  words: {
    products: 'istio istiod istioctl pilot ztunnel envoy citadel galley mixer kiali',
    domains: ['istio.io', 'envoyproxy.io'],
    configMaps: [/^istio(?:-sidecar-injector|-ca-root-cert|-ca-crl)?(?:-[\w.-]+)?$/],
  },
};
