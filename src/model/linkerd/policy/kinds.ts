// The kinds of Linkerd's inbound policies. Served since Linkerd 2.16; Servers and HTTPRoutes have older versions too
// (linkerd2 charts/linkerd-crds/templates/policy).
import type { Resource } from '../../../core/refs.ts';
import { gatewayGroup, policyGroup } from './refs.ts';
import type { PolicyKind } from './types.ts';

function kind(group: string, version: string, plural: string, name: string): Resource {
  return { group, version, plural, kind: name, namespaced: true };
}

const ours = (version: string, plural: string, name: string) =>
  kind(policyGroup, version, plural, name);

export const resources: Readonly<Record<PolicyKind, Resource>> = {
  servers: ours('v1beta3', 'servers', 'Server'),
  serverAuthorizations: ours('v1beta1', 'serverauthorizations', 'ServerAuthorization'),
  authorizationPolicies: ours('v1alpha1', 'authorizationpolicies', 'AuthorizationPolicy'),
  meshTls: ours('v1alpha1', 'meshtlsauthentications', 'MeshTLSAuthentication'),
  networks: ours('v1alpha1', 'networkauthentications', 'NetworkAuthentication'),
  httpRoutes: ours('v1beta3', 'httproutes', 'HTTPRoute'),
  gatewayHttpRoutes: kind(gatewayGroup, 'v1', 'httproutes', 'HTTPRoute'),
  grpcRoutes: kind(gatewayGroup, 'v1', 'grpcroutes', 'GRPCRoute'),
  rateLimits: ours('v1alpha1', 'httplocalratelimitpolicies', 'HTTPLocalRateLimitPolicy'),
};

/** What is asked where a cluster does not serve the newest version. */
export const older: Partial<Readonly<Record<PolicyKind, Resource>>> = {
  servers: ours('v1beta1', 'servers', 'Server'),
  httpRoutes: ours('v1beta1', 'httproutes', 'HTTPRoute'),
};
