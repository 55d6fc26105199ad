// The pages of Istio's parts that may be asked, by port.
import type { Get, Harmful, Server } from '../../core/mesh.ts';
import { ENVOY, ENVOY_STATS, YES } from '../forms.ts';

const PROXY = /^[a-z0-9][a-z0-9.-]{0,300}$/;
const NAMESPACE = /^[a-z0-9-]{0,63}$/;

// istio pilot/pkg/xds/debug.go. Without `push` (a push to every proxy) and `clear` (drops the xDS cache).
// Not here: config_dump, edsz, ecdsz, ndsz. A config dump made by istiod puts redacted secrets into the
// cache it answers proxies from, which broke TLS at gateways until 1.26.5 and 1.27.2
// (istio issue 57789, pull request 57592).
const ISTIOD: readonly Get[] = [
  { path: '/debug/syncz', params: { namespace: NAMESPACE } },
  { path: '/debug/connections', params: { proxyID: PROXY } },
  { path: '/debug/adsz', params: { proxyID: PROXY } },
  { path: '/debug/authorizationz' },
  { path: '/debug/inject' },
  { path: '/debug/mesh' },
  { path: '/debug/clusterz' },
  { path: '/debug/networkz' },
  { path: '/debug/push_status' },
  { path: '/debug/pushcontext' },
  { path: '/debug/sidecarz', params: { proxyID: PROXY } },
  { path: '/debug/telemetryz' },
  { path: '/debug/configz' },
  { path: '/debug/registryz' },
  { path: '/debug/endpointz', params: { brief: YES } },
  { path: '/debug/endpointShardz' },
  { path: '/debug/instancesz' },
  { path: '/debug/ambientz' },
  { path: '/debug/cachez', params: { sizes: YES } },
  { path: '/debug/list' },
  { path: '/metrics' },
  { path: '/version' },
  { path: '/ready' },
];

export const pages: readonly Server[] = [
  { is: 'istiod (monitoring)', ports: [15014], gets: ISTIOD },
  { is: 'istiod (readiness)', ports: [8080], gets: [{ path: '/ready' }] },
  // ztunnel's admin port is the same number; of these it has /config_dump only.
  { is: 'Envoy or ztunnel (admin)', ports: [15000], gets: ENVOY },
  {
    is: 'pilot-agent or ztunnel (status)',
    ports: [15020],
    gets: [{ path: '/stats/prometheus' }, { path: '/healthz/ready' }, { path: '/metrics' }],
  },
  { is: 'proxy readiness', ports: [15021], gets: [{ path: '/healthz/ready' }] },
  { is: 'Envoy (metrics)', ports: [15090], gets: [ENVOY_STATS] },
];

export const harmful: readonly Harmful[] = [
  {
    path: /debug\/(?:config_dump|edsz|ecdsz|ndsz)/,
    why: 'a config dump by istiod can break TLS at gateways (istio issue 57789)',
  },
  { path: /adsz.*push/i, why: 'it makes istiod push to every proxy' },
  { path: /cachez.*clear/i, why: "it empties istiod's cache" },
  { path: /force_disconnect/, why: 'it cuts a proxy off istiod' },
];
