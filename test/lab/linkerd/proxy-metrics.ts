// `/metrics` as linkerd2-proxy prints it: families, help texts and the order of labels are those of its source
// (linkerd/http/metrics/src/requests/report.rs, linkerd/transport-metrics/src/lib.rs,
// linkerd/app/inbound/src/metrics/authz.rs, linkerd/app/core/src/metrics.rs, linkerd/identity/src/metrics.rs).
import type { Ref, Stream, Tls } from './steering.ts';

export type Self = {
  readonly ip: string;
  readonly namespace: string;
  readonly version: string;
  readonly defaultPolicy: string;
  readonly startedAt: Date;
};

export type Certified = { readonly until: number; readonly since: number; readonly failed: number };

type Sample = { readonly labels: string; readonly value: number; readonly suffix?: string };
type Family = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
};

/** It accepts these itself, without being redirected to: the address is the one it listens on. */
export const ADMIN_PORT = 4191;

const label = (name: string, value: string | number): string => `${name}="${value}"`;

function tlsLabels(tls: Tls, direction: Stream['direction']): string {
  const id = direction === 'inbound' ? 'client_id' : 'server_id';
  if (tls.is === 'true') return `tls="true",${label(id, tls.peer)}`;
  if (tls.is === 'no_identity') return `tls="no_identity",${label('no_tls_reason', tls.reason)}`;
  return tls.is === 'opaque' ? `tls="opaque",${label('sni', tls.sni)}` : 'tls="disabled"';
}

const refLabels = (prefix: string, { group, kind, name }: Ref): string =>
  `${prefix}_group="${group}",${prefix}_kind="${kind}",${prefix}_name="${name}"`;

/** A policy that no object stands for (linkerd/proxy/server-policy/src/meta.rs). */
const byDefault = (name: string): Ref => ({ group: '', kind: 'default', name });

function serverLabels(self: Self, stream: Stream): string {
  const server = stream.server ?? byDefault(self.defaultPolicy);
  return `${refLabels('srv', server)},${label('srv_port', stream.port)}`;
}

function routeLabels(self: Self, stream: Stream): string {
  const route = stream.route ?? byDefault('default');
  return `${serverLabels(self, stream)},${refLabels('route', route)}`;
}

function authzLabels(self: Self, stream: Stream): string {
  return refLabels('authz', stream.authz ?? byDefault(self.defaultPolicy));
}

function address(self: Self, { direction, to, port }: Stream): string {
  const own = port === ADMIN_PORT ? '0.0.0.0' : self.ip;
  const ip = direction === 'inbound' ? own : fakeIp(to ?? '');
  return `target_addr="${ip}:${port}",target_ip="${ip}",target_port="${port}"`;
}

/** The pods behind a Service are not looked up here: an address of theirs that stays the same. */
const fakeIp = (name: string): string =>
  `10.244.9.${1 + ([...name].reduce((sum, each) => sum + each.charCodeAt(0), 0) % 250)}`;

function destination({ to, tls }: Stream): string {
  const [service = '', namespace = ''] = (to ?? '').split('.');
  const workload = service.replace(/-svc$/, '');
  const account = tls.is === 'true' ? tls.peer.split('.')[0] : 'default';
  return Object.entries({
    dst_control_plane_ns: 'linkerd',
    dst_deployment: workload,
    dst_namespace: namespace,
    dst_pod: `${workload}-5d69b9fd65-8xkzq`,
    dst_pod_template_hash: '5d69b9fd65',
    dst_service: service,
    dst_serviceaccount: account,
    dst_zone: '',
    dst_zone_locality: 'unknown',
  })
    .map(([name, value]) => label(name, value ?? ''))
    .join(',');
}

/** Labels of `request_total` (InboundEndpointLabels, OutboundEndpointLabels). */
function endpoint(self: Self, stream: Stream): string {
  const { direction, tls, to, port } = stream;
  const there = `${address(self, stream)},${tlsLabels(tls, direction)}`;
  if (direction === 'inbound') {
    return `direction="inbound",${there},${routeLabels(self, stream)},${authzLabels(self, stream)}`;
  }
  const [service, namespace] = (to ?? '').split('.');
  const authority = `${service}.${namespace}.svc.cluster.local:${port}`;
  return `direction="outbound",${label('authority', authority)},${there},${destination(stream)}`;
}

const BOUNDS = [1, 2, 3, 4, 5, 10, 20, 50, 100, 500, 1000, 10000];

/** Fewer buckets than upstream's; every request takes between one and five milliseconds. */
function latency(labels: string, count: number): readonly Sample[] {
  const buckets = BOUNDS.map((bound) => ({
    labels: `${labels},le="${bound}"`,
    value: Math.floor(count * Math.min(1, bound / 5)),
    suffix: '_bucket',
  }));
  return [
    ...buckets,
    { labels: `${labels},le="+Inf"`, value: count, suffix: '_bucket' },
    { labels, value: count, suffix: '_count' },
    { labels, value: count * 3, suffix: '_sum' },
  ];
}

type Counted = { readonly stream: Stream; readonly count: number };

function http(self: Self, all: readonly Counted[]): readonly Family[] {
  const served = all.filter(({ stream }) => stream.protocol === 'http' && !stream.denied);
  const answers = served.flatMap(({ stream, count }) => {
    const failed = Math.floor(count * (stream.failing ?? 0));
    const at = endpoint(self, stream);
    const one = (code: number, kind: string, value: number): Sample => ({
      labels: `${at},status_code="${code}",classification="${kind}",grpc_status="",error=""`,
      value,
    });
    return [one(200, 'success', count - failed), ...(failed ? [one(500, 'failure', failed)] : [])];
  });
  const asked = served.map(({ stream, count }) => ({
    labels: endpoint(self, stream),
    value: count,
  }));
  const help =
    "Elapsed times between a request's headers being received and its response stream completing";
  return [
    counter('request_total', 'Total count of HTTP requests.', asked),
    {
      name: 'response_latency_ms',
      type: 'histogram',
      help,
      samples: served.flatMap(({ stream, count }) =>
        latency(`${endpoint(self, stream)},status_code="200"`, count),
      ),
    },
    counter('response_total', 'Total count of HTTP responses.', answers),
  ];
}

const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  type: 'counter',
  help,
  samples,
});

/** Labels of a connection that the proxy accepted, or opened (transport/labels.rs). */
function transport(self: Self, stream: Stream): string {
  const { direction, tls } = stream;
  const there = `${address(self, stream)},${tlsLabels(tls, direction)}`;
  return direction === 'inbound'
    ? `direction="inbound",peer="src",${there},${serverLabels(self, stream)}`
    : `direction="outbound",peer="dst",${there},${destination(stream)}`;
}

function tcp(self: Self, all: readonly Counted[]): readonly Family[] {
  const of = (times: number) =>
    all.map(({ stream, count }) => ({
      labels: transport(self, stream),
      // A client keeps its HTTP connection.
      value: (stream.protocol === 'http' ? 1 : count) * times,
    }));
  return [
    counter('tcp_open_total', 'Total count of opened connections', of(1)),
    {
      name: 'tcp_open_connections',
      type: 'gauge',
      help: 'Number of currently-open connections',
      samples: all.map(({ stream }) => ({ labels: transport(self, stream), value: 1 })),
    },
    counter('tcp_read_bytes_total', 'Total count of bytes read from peers', of(212)),
    counter('tcp_write_bytes_total', 'Total count of bytes written to peers', of(534)),
  ];
}

const DENIED =
  'The total number of inbound HTTP requests that could not be processed due to a proxy error.';

function authz(self: Self, all: readonly Counted[]): readonly Family[] {
  const inbound = all.filter(({ stream }) => stream.direction === 'inbound');
  const of = (
    protocol: Stream['protocol'],
    denied: boolean,
    labels: (stream: Stream) => string,
  ): readonly Sample[] =>
    inbound
      .filter(({ stream }) => stream.protocol === protocol && (stream.denied ?? false) === denied)
      .map(({ stream, count }) => ({
        labels: `${address(self, stream)},${labels(stream)},${tlsLabels(stream.tls, 'inbound')}`,
        value: count,
      }));
  const route = (stream: Stream): string => routeLabels(self, stream);
  const server = (stream: Stream): string => serverLabels(self, stream);
  const by = (labels: typeof route) => (stream: Stream) =>
    `${labels(stream)},${authzLabels(self, stream)}`;
  const total = 'The total number of inbound';
  return [
    counter(
      'inbound_http_authz_allow_total',
      `${total} HTTP requests that were authorized`,
      of('http', false, by(route)),
    ),
    counter('inbound_http_authz_deny_total', DENIED, of('http', true, route)),
    counter(
      'inbound_tcp_authz_allow_total',
      `${total} TCP connections that were authorized`,
      of('tcp', false, by(server)),
    ),
    counter(
      'inbound_tcp_authz_deny_total',
      `${total} TCP connections that were denied`,
      of('tcp', true, server),
    ),
  ];
}

const IDENTITY = "this proxy's";

function identity({ until, since, failed }: Certified): readonly Family[] {
  const gauge = (name: string, help: string, value: number): Family => ({
    name,
    type: 'gauge',
    help,
    samples: [{ labels: '', value }],
  });
  const prefix = 'control_identity_cert';
  return [
    gauge(
      `${prefix}_expiration_timestamp_seconds`,
      `Time when ${IDENTITY} current mTLS identity certificate will expire (in seconds since the UNIX epoch).`,
      until,
    ),
    gauge(
      `${prefix}_refresh_timestamp_seconds`,
      `Time when ${IDENTITY} current mTLS identity certificate was last updated.`,
      since,
    ),
    counter(
      `${prefix}_refreshes`,
      `The total number of times ${IDENTITY} mTLS identity certificate has been refreshed by the Identity provider.`,
      [
        { labels: 'result="ok"', value: since > 0 ? 1 : 0, suffix: '_total' },
        { labels: 'result="error"', value: failed, suffix: '_total' },
      ],
    ),
  ];
}

function about(self: Self): readonly Family[] {
  const built = `date="2026-08-21T00:00:00Z",git_sha="29637b64f",profile="release",vendor="linkerd",version="${self.version}"`;
  const started = Math.floor(self.startedAt.getTime() / 1000);
  return [
    {
      name: 'proxy_build_info',
      type: 'gauge',
      help: 'Proxy build info.',
      samples: [{ labels: built, value: 1 }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      help: 'Time that the process started (in seconds since the UNIX epoch).',
      samples: [{ labels: '', value: started }],
    },
  ];
}

function print({ name, type, help, samples }: Family): string {
  if (samples.length === 0) return '';
  const lines = samples.map(({ labels, value, suffix = '' }) =>
    labels === '' ? `${name}${suffix} ${value}` : `${name}${suffix}{${labels}} ${value}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

export function metricsText(
  self: Self,
  seen: readonly Counted[],
  certified: Certified,
  without: readonly string[] = [],
): string {
  const all = [
    ...authz(self, seen),
    ...http(self, seen),
    ...tcp(self, seen),
    ...identity(certified),
    ...about(self),
  ];
  return all
    .filter(({ name }) => !without.includes(name))
    .map(print)
    .join('');
}
