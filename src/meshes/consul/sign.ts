// How pods show Consul.
import type { Sign } from '../sign.ts';

const inject = 'consul.hashicorp.com/connect-inject';

export const sign: Sign = {
  id: 'consul',
  // consul-k8s control-plane/connect-inject/webhook/consul_dataplane_sidecar.go; since 1.7 it may be a native sidecar.
  member: ({ containers }) => {
    const proxy = containers.find((c) => c.name === 'consul-dataplane' && c.role !== 'init');
    return proxy && (proxy.role === 'sidecar' ? 'a native sidecar' : 'a sidecar');
  },
  // consul-k8s mesh_webhook.go shouldInject
  asked: ({ annotations }) => annotations[inject] === 'true',
  meant: (labels, annotations) =>
    [labels, annotations].some((at) => (at[inject] ?? 'false') !== 'false'),
  optedOut: () => false,
  isControl: () => false,
  version: () => undefined,
  keepsOut: () => ({ field: 'annotations', key: inject, value: 'false' }),
};
