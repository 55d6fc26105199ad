// What a proxy counts, and which ports it does not read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { messageOf, readWords } from '../../../../src/facts/linkerd/metrics/log.ts';
import { certificateEnd, inbound } from '../../../../runbooks/linkerd/linkerd-metrics/traffic.ts';
import {
  has,
  opaqueness,
  ranges,
  skippedPorts,
  without,
} from '../../../../runbooks/linkerd/linkerd-metrics/ports.ts';
import { readMetrics } from '../../../../src/facts/metrics-text.ts';

// Labels as linkerd2-proxy linkerd/app/core/src/transport/labels.rs and linkerd/app/core/src/metrics.rs write them.
const page = `# HELP request_total Total count of HTTP requests.
# TYPE request_total counter
request_total{direction="inbound",target_addr="0.0.0.0:4191",target_ip="0.0.0.0",target_port="4191",tls="no_identity",no_tls_reason="no_tls_from_remote",srv_group="",srv_kind="default",srv_name="all-unauthenticated"} 90
request_total{direction="inbound",target_addr="10.0.0.7:8080",target_ip="10.0.0.7",target_port="8080",tls="no_identity",no_tls_reason="no_tls_from_remote",route_group="",route_kind="default",route_name="probe"} 7
request_total{direction="inbound",target_addr="10.0.0.7:8080",target_ip="10.0.0.7",target_port="8080",tls="true",client_id="a.b.serviceaccount.identity.linkerd.cluster.local"} 5
request_total{direction="outbound",target_addr="10.0.0.9:8080",target_ip="10.0.0.9",target_port="8080",tls="true"} 3
tcp_open_total{direction="inbound",peer="src",target_addr="10.0.0.7:8443",target_ip="10.0.0.7",target_port="8443",tls="opaque",sni="shop.example.com"} 4
tcp_open_total{direction="inbound",peer="dst",tls="no_identity",no_tls_reason="loopback"} 4
identity_cert_expiration_timestamp_seconds 1795271554
`;

describe('what a proxy counts', () => {
  const metrics = readMetrics(page)?.metrics ?? [];

  test('port by port, without its own', () => {
    expect(inbound(metrics)).toEqual([
      { port: 8080, requests: 12, connections: 0, ownTls: 0, sni: undefined, unmeshed: 0 },
      { port: 8443, requests: 0, connections: 4, ownTls: 4, sni: 'shop.example.com', unmeshed: 0 },
    ]);
  });

  test('the end of its certificate', () => {
    expect(certificateEnd(metrics)).toBe(1_795_271_554_000);
    expect(certificateEnd([])).toBeUndefined();
  });
});

const pod = (annotations: Record<string, string>): Pod =>
  ({
    annotations,
    containers: [{ name: 'web', role: 'main', ports: [{ name: 'http', port: 8080 }] }],
  }) as never;

describe('ports that it does not read', () => {
  test.each<[Record<string, string>, number, string]>([
    [{}, 8080, 'no'],
    [{}, 3306, 'by-default'],
    [{ 'config.linkerd.io/opaque-ports': '8000-8100' }, 8080, 'annotated'],
    [{ 'config.linkerd.io/opaque-ports': 'http' }, 8080, 'annotated'],
    [{ 'config.linkerd.io/opaque-ports': '3306, 8081' }, 3306, 'by-default'],
    // The annotation replaces the default list.
    [{ 'config.linkerd.io/opaque-ports': '8081' }, 3306, 'no'],
  ])('%j, port %d: %s', (annotations, port, is) => {
    expect(opaqueness(pod(annotations), port)).toBe(is);
  });

  test('skipped ports of the application', () => {
    expect(skippedPorts(pod({ 'config.linkerd.io/skip-inbound-ports': '4222,8080' }))).toEqual([
      8080,
    ]);
    expect(skippedPorts(pod({ 'config.linkerd.io/skip-inbound-ports': '4222' }))).toEqual([]);
  });

  test('taking one out of a list leaves the others', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.array(port, { maxLength: 6 }), port, (all, one) => {
        const left = ranges(without([...all, one].join(','), one));
        expect(has(left, one)).toBe(false);
        expect(all.every((p) => p === one || has(left, p))).toBe(true);
      }),
    );
  });
});

test('a complaint that is over is none', () => {
  const complaint =
    '[ 15.0s] WARN ThreadId(01) linkerd_app: Waiting for identity to be initialized...';
  const certified =
    '[ 16.0s] INFO ThreadId(02) daemon:identity: linkerd_app: Certified identity id=x';
  expect(readWords([complaint]).identity).toBe(complaint);
  expect(readWords([complaint, certified]).identity).toBeUndefined();
  expect(readWords([]).timedOut).toBeUndefined();
});

test.each([
  [
    '[   418.2s] ERROR ThreadId(01) daemon:identity: linkerd_proxy_identity_client::certify: Failed to obtain identity',
    'Failed to obtain identity',
  ],
  [
    '[  1519.5s]  INFO ThreadId(01) inbound:server{port=8080}: linkerd_app_inbound::detect: Continuing after timeout',
    'inbound:server{port=8080}: linkerd_app_inbound::detect: Continuing after timeout',
  ],
  ['Waiting for identity', 'Waiting for identity'],
])('what a log line says: %s', (line, message) => {
  expect(messageOf(line)).toBe(message);
});
