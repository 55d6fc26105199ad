// Istio's kinds. `v1` is served since Istio 1.22; `v1beta1`/`v1alpha3` by every release that still runs, so
// that is what is asked (istio/istio manifests/charts/base/files/crd-all.gen.yaml). EnvoyFilter has v1alpha3
// alone.
import type { Resource } from '../../core/refs.ts';

function kind(group: string, version: string, plural: string, name: string): Resource {
  return { group: `${group}.istio.io`, version, plural, kind: name, namespaced: true };
}

export const virtualServices = kind('networking', 'v1beta1', 'virtualservices', 'VirtualService');
export const destinationRules = kind(
  'networking',
  'v1beta1',
  'destinationrules',
  'DestinationRule',
);
export const serviceEntries = kind('networking', 'v1beta1', 'serviceentries', 'ServiceEntry');
export const workloadEntries = kind('networking', 'v1beta1', 'workloadentries', 'WorkloadEntry');
export const gateways = kind('networking', 'v1beta1', 'gateways', 'Gateway');
export const sidecars = kind('networking', 'v1beta1', 'sidecars', 'Sidecar');
export const envoyFilters = kind('networking', 'v1alpha3', 'envoyfilters', 'EnvoyFilter');
export const wasmPlugins = kind('extensions', 'v1alpha1', 'wasmplugins', 'WasmPlugin');
export const telemetries = kind('telemetry', 'v1alpha1', 'telemetries', 'Telemetry');
export const authorizationPolicies = kind(
  'security',
  'v1beta1',
  'authorizationpolicies',
  'AuthorizationPolicy',
);
export const requestAuthentications = kind(
  'security',
  'v1beta1',
  'requestauthentications',
  'RequestAuthentication',
);
export const peerAuthentications = kind(
  'security',
  'v1beta1',
  'peerauthentications',
  'PeerAuthentication',
);
