// What may be asked over HTTP, as data: per port, the paths, and per path the query parameters. Everything
// that is not here is refused, so a new endpoint of Envoy or istiod is refused until somebody has read it.

type Params = Readonly<Record<string, RegExp>>;
export type Get = {
  readonly path: string;
  readonly params?: Params;
  /** One of these must be given: the answer to the bare path is too large to ask of a busy proxy. */
  readonly oneOf?: readonly string[];
};
export type Server = {
  readonly is: string;
  readonly ports: readonly number[];
  readonly gets: readonly Get[];
};

const YES = /^(?:true|1)?$/;
const PROXY = /^[a-z0-9][a-z0-9.-]{0,300}$/;
const NAMESPACE = /^[a-z0-9-]{0,63}$/;
const JSON_OR_TEXT = /^(?:json|text)$/;
/** A regular expression for RE2, which both Envoy and Prometheus use: it cannot blow up. */
const PATTERN = /^[^\x00-\x1f]{1,512}$/;
const FIELD_MASK = /^[\w.,-]{1,512}$/;
const RESOURCE = /^[a-z_]{1,64}$/;
const PROMQL = /^[^\x00-\x1f]{1,4096}$/;
const TIME = /^[\dTZ:.+-]{1,40}$/;

const STATS: Params = {
  filter: PATTERN,
  format: /^(?:json|text|prometheus)$/,
  usedonly: YES,
  type: /^(?:All|Counters|Gauges|Histograms|TextReadouts)$/,
  histogram_buckets: /^(?:cumulative|disjoint|summary|none)$/,
  text_readouts: YES,
};
const PROMETHEUS_STATS: Params = { filter: PATTERN, usedonly: YES, text_readouts: YES };

const ENVOY: readonly Get[] = [
  { path: '/server_info' },
  { path: '/ready' },
  { path: '/stats', params: STATS, oneOf: ['filter', 'usedonly'] },
  { path: '/stats/prometheus', params: PROMETHEUS_STATS },
  { path: '/clusters', params: { format: JSON_OR_TEXT, filter: PATTERN } },
  { path: '/listeners', params: { format: JSON_OR_TEXT } },
  { path: '/certs' },
  { path: '/memory' },
  {
    path: '/config_dump',
    params: { resource: RESOURCE, mask: FIELD_MASK, name_regex: PATTERN, include_eds: YES },
  },
  { path: '/init_dump', params: { mask: FIELD_MASK } },
];

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

const HEALTH: readonly Get[] = [{ path: '/metrics' }, { path: '/ready' }, { path: '/live' }];

export const SERVERS: readonly Server[] = [
  { is: 'istiod (monitoring)', ports: [15014], gets: ISTIOD },
  { is: 'istiod (readiness)', ports: [8080], gets: [{ path: '/ready' }] },
  // ztunnel's admin port is the same number; of these it has /config_dump only. 19000 is Consul's Envoy.
  { is: 'Envoy or ztunnel (admin)', ports: [15000, 19000], gets: ENVOY },
  {
    is: 'pilot-agent or ztunnel (status)',
    ports: [15020],
    gets: [{ path: '/stats/prometheus' }, { path: '/healthz/ready' }, { path: '/metrics' }],
  },
  { is: 'proxy readiness', ports: [15021], gets: [{ path: '/healthz/ready' }] },
  {
    is: 'Envoy (metrics)',
    ports: [15090],
    gets: [{ path: '/stats/prometheus', params: PROMETHEUS_STATS }],
  },
  { is: 'Linkerd proxy (admin)', ports: [4191], gets: HEALTH },
  {
    is: 'Linkerd control plane (admin)',
    ports: [9990, 9994, 9995, 9996, 9997, 9998],
    gets: HEALTH,
  },
  {
    is: 'Prometheus',
    ports: [9090],
    gets: [
      { path: '/api/v1/query', params: { query: PROMQL, time: TIME, timeout: /^\d{1,4}m?s$/ } },
      {
        path: '/api/v1/targets',
        params: { state: /^(?:active|dropped|any)$/, scrapePool: PATTERN },
      },
      // The names of its jobs. Not here: /status/config and /status/flags, in which credentials may stand.
      { path: '/api/v1/scrape_pools' },
      ...['buildinfo', 'runtimeinfo', 'tsdb', 'walreplay'].map((name) => ({
        path: `/api/v1/status/${name}`,
      })),
    ],
  },
];

/** Known to be harmful. They are refused for not being above; here is what to tell the one who asks. */
export const HARMFUL: readonly { readonly path: RegExp; readonly why: string }[] = [
  {
    path: /debug\/(?:config_dump|edsz|ecdsz|ndsz)/,
    why: 'a config dump by istiod can break TLS at gateways (istio issue 57789)',
  },
  { path: /adsz.*push/i, why: 'it makes istiod push to every proxy' },
  { path: /cachez.*clear/i, why: "it empties istiod's cache" },
  { path: /force_disconnect/, why: 'it cuts a proxy off istiod' },
  { path: /quitquitquit|shutdown|\/-\/quit/, why: 'it ends the process' },
  { path: /drain_listeners|healthcheck/, why: 'it takes a proxy out of service' },
  { path: /reset_counters|runtime_modify/, why: 'it changes the state of a proxy' },
  { path: /logging|log-level/, why: 'it can change log levels' },
  { path: /pprof|profiler/, why: 'it slows the process while it runs, and dumps memory' },
];
