// Consul, as the rest of meshdoc knows it. It has no runbook yet: what is here lets its parts be asked and named.
import type { CommandForm, FlagForms, Mesh } from '../../core/mesh.ts';
import { ENVOY, NAME, NAMESPACE, OUTPUT } from '../forms.ts';

// Go's own flag syntax: one dash or two.
const CONSUL: FlagForms = {
  ...NAMESPACE,
  ...OUTPUT,
  '-namespace': NAME,
  '-output': /^(?:json|table)$/,
  '-A': null,
  '-all-namespaces': null,
  '--all-namespaces': null,
};

const CONSUL_K8S: readonly CommandForm[] = [
  { words: ['status'], flags: CONSUL },
  { words: ['version'] },
  { words: ['proxy', 'list'], flags: CONSUL },
  {
    words: ['proxy', 'read'],
    takes: [NAME],
    flags: {
      ...CONSUL,
      ...Object.fromEntries(
        ['clusters', 'endpoints', 'listeners', 'routes', 'secrets'].flatMap((part) => [
          [`-${part}`, null],
          [`--${part}`, null],
        ]),
      ),
    },
  },
];

export const consul: Mesh = {
  id: 'consul',
  title: 'Consul',
  programs: [
    {
      name: 'consul-k8s',
      commands: CONSUL_K8S,
      // consul-k8s cli/common/flag
      reach: { dash: '-', flags: 'last', knows: [] },
    },
  ],
  pages: [{ is: "Consul's Envoy (admin)", ports: [19000], gets: ENVOY }],
  variables: [
    // consul-k8s control-plane/connect-inject/webhook/consul_dataplane_sidecar.go
    'CONSUL_ADDRESSES',
    'CONSUL_GRPC_PORT',
    'CONSUL_HTTP_PORT',
    'CONSUL_NAMESPACE',
    'CONSUL_NODE_NAME',
    'CONSUL_PARTITION',
    'DP_PROXY_ID',
    'DP_SERVICE_NODE_NAME',
  ],
  words: {
    products: 'consul',
    domains: ['hashicorp.com', 'consul.io'],
    configMaps: [/^consul(?:-[\w.-]+)?$/],
  },
};
