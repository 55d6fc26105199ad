// Istio, as the rest of meshdoc knows it.
import type { Mesh, Root } from '../../core/mesh.ts';
import { istioctl } from './istioctl.ts';
import { harmful, pages } from './pages.ts';
import { variables } from './variables.ts';

declare module '../../core/input.ts' {
  interface MeshChoice {
    /** Where istiod lives. */
    readonly root: string;
    readonly revision: string | undefined;
  }
}

export const root: Root = {
  key: 'root',
  short: '-i',
  long: '--istioNamespace',
  says: 'namespace of istiod (istio-system)',
  usual: 'istio-system',
  unsaid: 'usual',
};

export const istio: Mesh = {
  id: 'istio',
  title: 'Istio',
  root,
  flags: [
    {
      key: 'revision',
      short: '-r',
      long: '--revision',
      says: 'ask only istiods of this revision',
    },
  ],
  proxyContainer: 'istio-proxy',
  proxyRunbook: 'stale',
  // manifests/charts/istio-control/istio-discovery/files/injection-template.yaml
  initContainers: { redirects: 'istio-init', others: ['istio-validation', 'enable-core-dump'] },
  programs: [istioctl],
  pages,
  harmful,
  variables,
  // istio ztunnel src/config.rs, ISTIO_META_PREFIX: a ztunnel shows its own without it.
  variablePrefix: 'ISTIO_META_',
  // manifests/charts/base/files/crd-all.gen.yaml (1.12); kinds of the Gateway API and rate limits may be missing.
  brings: {
    kinds: [
      ...['VirtualService', 'DestinationRule', 'ServiceEntry', 'Gateway', 'Sidecar', 'EnvoyFilter'],
      ...['AuthorizationPolicy', 'RequestAuthentication', 'PeerAuthentication', 'WasmPlugin'],
    ].map((kind) => `istio.io/${kind}`),
    signs: [
      { labels: 'app=istiod', is: 'istiod' },
      { labels: 'app=ztunnel', is: 'a ztunnel' },
      { labels: 'security.istio.io/tlsMode=istio', is: 'a sidecar' },
    ],
  },
  words: {
    products: 'istio istiod istioctl pilot ztunnel envoy citadel galley mixer kiali',
    domains: ['istio.io', 'envoyproxy.io'],
    configMaps: [/^istio(?:-sidecar-injector|-ca-root-cert|-ca-crl)?(?:-[\w.-]+)?$/],
    templateConfigMaps: [/^istio-sidecar-injector(?:-|$)/],
    queryValues: [/^istioctl-[a-z]+$/],
    applicationLabels: [/^service\.istio\.io\/canonical-name$/],
  },
};
