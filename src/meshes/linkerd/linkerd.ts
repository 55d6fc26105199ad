// Linkerd, as the rest of meshdoc knows it.
import type { Get, Mesh } from '../../core/mesh.ts';
import { cli } from './cli.ts';
import { variables } from './variables.ts';

declare module '../../core/input.ts' {
  interface MeshChoice {
    /** Where Linkerd's control plane lives; it is found by its label otherwise. */
    readonly linkerd: string | undefined;
  }
}

const HEALTH: readonly Get[] = [{ path: '/metrics' }, { path: '/ready' }, { path: '/live' }];

export const linkerd: Mesh = {
  id: 'linkerd',
  title: 'Linkerd',
  root: {
    key: 'linkerd',
    short: '-L',
    long: '--linkerd-namespace',
    says: 'namespace of Linkerd (default: found)',
    usual: 'linkerd',
    unsaid: 'found',
  },
  proxyContainer: 'linkerd-proxy',
  // linkerd2 charts/partials/templates/_proxy-init.tpl, _network-validator.tpl
  initContainers: { redirects: 'linkerd-init', others: ['linkerd-network-validator'] },
  programs: [cli],
  pages: [
    { is: 'Linkerd proxy (admin)', ports: [4191], gets: HEALTH },
    {
      is: 'Linkerd control plane (admin)',
      ports: [9990, 9994, 9995, 9996, 9997, 9998],
      gets: HEALTH,
    },
  ],
  variables,
  injectAnnotation: 'linkerd.io/inject',
  // linkerd2 charts/linkerd-crds/templates/policy (2.12)
  brings: {
    kinds: [
      ...['Server', 'ServerAuthorization', 'AuthorizationPolicy'],
      ...['MeshTLSAuthentication', 'NetworkAuthentication', 'HTTPRoute'],
    ].map((kind) => `linkerd.io/${kind}`),
    signs: [{ labels: 'linkerd.io/control-plane-ns', is: 'Linkerd' }],
  },
  words: {
    products: 'linkerd linkerd2 viz',
    domains: ['linkerd.io', 'l5d.io'],
    configMaps: [/^linkerd-(?:config|identity-trust-roots)$/],
    applicationLabels: [/^linkerd\.io\/proxy-\w+$/],
    // `web` is one of them, and also what many call their own.
    parts: [{ label: 'linkerd.io/extension', value: 'viz', by: 'component' }],
  },
};
