// The proxy's own pages and words: stats, refusals, log, and what in a refusal can name its cause.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { telling } from '../../../src/facts/istio/blame.ts';
import { readErrorStates, readStats } from '../../../src/facts/istio/envoy.ts';
import { readProxyLog } from '../../../src/facts/istio/proxy-log.ts';
import { readPushTimes } from '../../../src/facts/istio/push-times.ts';
import { diffHarmsGateways, imageVersion } from '../../../src/model/istio/version.ts';
import { root } from '../../helpers/sources.ts';

const stats = (...pairs: readonly (readonly [string, unknown])[]) =>
  JSON.stringify({ stats: pairs.map(([name, value]) => ({ name, value })) });

describe('Envoy', () => {
  test('stats: figures, and whether anything was ever rejected', () => {
    const body = stats(
      ['server.uptime', 12],
      ['cluster_manager.active_clusters', 24],
      ['cluster_manager.warming_clusters', 2],
      ['cluster_manager.cds.update_time', 1_800_000_000_000],
      ['cluster_manager.cds.version_text', '2026-11-21T07:17:34Z/4'],
      ['listener_manager.lds.update_rejected', 1],
    );
    expect(readStats(body)).toMatchObject({
      is: 'up',
      uptimeS: 12,
      clusters: 24,
      warmingClusters: 2,
      updatedAt: { CDS: 1_800_000_000_000, LDS: undefined },
      version: '2026-11-21T07:17:34Z/4',
      rejected: true,
    });
    expect(readStats(stats(['server.uptime', 1]))).toMatchObject({ rejected: false });
  });

  test.each(['{}', '[]', 'null', '', '<html>', '{"stats":[]}', '{"stats":"x"}'])(
    '%j is no page of stats',
    (body) => {
      expect(readStats(body)).toBeUndefined();
    },
  );

  test('refusals that stand', () => {
    const configs = [{ name: 'a' }, { name: 'b', error_state: { details: 'no' } }];
    expect(readErrorStates(JSON.stringify({ configs }))).toEqual([
      { type: 'LDS', name: 'b', error: 'no' },
    ]);
    expect(readErrorStates('{}')).toEqual([]);
    expect(readErrorStates('<html>')).toBeUndefined();
  });
});

describe('telling', () => {
  test.each([
    [
      "Error adding/updating listener(s) virtualInbound: Didn't find a registered implementation for 'acme.rate' with type URL: 'acme.Rate'\n",
      ['acme.rate', 'acme.Rate'],
    ],
    [
      'Only unique values for domains are permitted. Duplicate entry of domain api.shop.svc.cluster.local in route 8080',
      ['api.shop.svc.cluster.local'],
    ],
    [
      'Error adding/updating cluster(s) outbound|443||api.example.org: Failed to load certificate chain from /etc/certs/client.pem',
      ['client.pem'],
    ],
  ])('%s', (error, words) => {
    for (const word of words) expect(telling(error)).toContain(word);
  });

  test('what every listener has names nobody', () => {
    const error =
      "Error adding/updating listener(s) 0.0.0.0_8080: bad 'envoy.filters.network.http_connection_manager' in 'virtualInbound'";
    expect(telling(error)).toEqual([]);
  });
});

describe('the log', () => {
  const connected =
    '2026-11-21T08:00:10Z\tinfo\txdsproxy\tconnected to delta upstream XDS server: istiod:15012\tid=1';
  const failed = (second: string, words: string) =>
    `2026-11-21T08:00:${second}Z\twarn\txdsproxy\tfailed to connect to upstream istiod:15012: ${words}`;

  test('recorded on the lab: refusals, and a connection that is newer than the loss', async () => {
    const lines = (await readFile(join(root, 'test/tools/istio-proxy/rejected.log'), 'utf8')).split(
      '\n',
    );
    const log = readProxyLog(lines);
    expect(log.istiod.reached?.text).toContain('connected to delta upstream XDS server');
    expect([log.istiod.failing, log.rejections]).toEqual([undefined, []]);
    // What was refused on an earlier stream is history; before the last connection it stood, once.
    const last = lines.findLastIndex((line) => line.includes('connected to delta upstream'));
    const before = readProxyLog(lines.slice(0, last));
    expect(before.rejections.map((line) => line.text)).toEqual([
      expect.stringContaining('rejected: Error adding/updating listener(s) virtualInbound'),
    ]);
  });

  test('the newest line wins', () => {
    const words = 'dial tcp 10.0.0.1:15012: connect: connection refused';
    expect(readProxyLog([failed('05', words), connected]).istiod.failing).toBeUndefined();
    expect(readProxyLog([connected, failed('15', words)]).istiod.failing?.at).toBe(
      Date.parse('2026-11-21T08:00:15Z'),
    );
  });

  test('the CA is one peer, istiod another', () => {
    const csr =
      '2026-11-21T08:00:05Z\terror\tcitadelclient\tfailed to sign CSR: create certificate: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp: lookup ca.x.svc: no such host"';
    const log = readProxyLog([csr, connected]);
    expect(log.istiod.failing).toBeUndefined();
    expect(log.ca.failing?.because).toBe('unreachable');
    const signed =
      '2026-11-21T08:00:12Z\tinfo\tcache\tgenerated new workload certificate\tresourceName=default latency=9ms ttl=23h59m';
    expect(readProxyLog([csr, signed]).ca).toMatchObject({ failing: undefined });
  });

  test('Envoy alone says why the agent gets no stream, and since when', () => {
    const line =
      '2026-11-21T08:00:45Z\twarning\tenvoy config ./source/extensions/config_subscription/grpc/grpc_stream.h:189\tDeltaAggregatedResources gRPC config stream to xds-grpc closed since 44s ago: 14, connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate is valid for a, not b"\tthread=21';
    expect(readProxyLog([connected, line]).istiod.failing).toMatchObject({
      because: 'name',
      reason: 'x509: certificate is valid for a, not b',
      since: Date.parse('2026-11-21T08:00:01Z'),
    });
  });

  test('a stream that istiod ends after half an hour is no failure', () => {
    const line =
      '2026-11-21T08:00:45Z\twarning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed: 14, closing transport due to: connection error: desc = "error reading from server: EOF", received prior goaway: code: NO_ERROR';
    expect(readProxyLog([connected, line]).istiod.failing).toBeUndefined();
  });

  test('what an earlier process said counts no more', () => {
    const start = `2026-11-21T08:01:00Z\tinfo\txdsproxy\tInitializing with upstream address "istiod:15012"`;
    const log = readProxyLog([failed('05', 'dial tcp: i/o timeout'), start]);
    expect(log.istiod).toMatchObject({ failing: undefined, address: 'istiod:15012' });
  });

  test.each([
    ['x509: certificate signed by unknown authority', 'authority'],
    ['x509: certificate is valid for a.b.svc, not c', 'name'],
    [
      "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs",
      'name',
    ],
    [
      'x509: certificate has expired or is not yet valid: current time 2026-11-21T08:00:00Z is after 2026-11-21T07:00:00Z',
      'time',
    ],
    [
      'x509: invalid signature: parent certificate cannot sign this kind of certificate',
      'certificate',
    ],
    ['rpc error: code = Unauthenticated desc = authentication failure', 'token'],
  ])('%s is about %s', (words, because) => {
    expect(readProxyLog([connected, failed('15', words)]).istiod.failing?.because).toBe(because);
  });

  test('an empty log says nothing', () => {
    expect(readProxyLog([])).toMatchObject({ istiod: { reached: undefined }, rejections: [] });
  });
});

describe('versions', () => {
  test.each([
    ['docker.io/istio/pilot:1.26.3-distroless', '1.26.3-distroless'],
    ['example.org:5000/istio/pilot:1.31.1', '1.31.1'],
    ['istio/pilot:1.31.1@sha256:0a1b', '1.31.1'],
    ['istio/pilot@sha256:0a1b', undefined],
    ['istio/pilot:latest', undefined],
    ['istio/pilot', undefined],
  ])('%s is %s', (image, version) => {
    expect(imageVersion(image)).toBe(version);
  });

  test.each([
    ['1.26.4', true],
    ['1.26.5', false],
    ['1.27.0', true],
    ['1.27.1-asm.3', true],
    ['1.27.2', false],
    ['1.28.0', false],
    ['unknown', false],
  ])('a dump of one proxy harms gateways on %s: %s', (version, harms) => {
    expect(diffHarmsGateways(version)).toBe(harms);
  });
});

test('push times', () => {
  const page =
    '# TYPE pilot_proxy_convergence_time histogram\npilot_proxy_convergence_time_sum 8.5\npilot_proxy_convergence_time_count 2\n';
  expect(readPushTimes(page)).toEqual({
    ...{ seconds: 8.5, pushes: 2, cpuSeconds: undefined, startedAt: undefined },
  });
  const cpu = 'process_cpu_seconds_total 36.5\nprocess_start_time_seconds 1.7957520e+09\n';
  expect(readPushTimes(page + cpu)).toMatchObject({ cpuSeconds: 36.5, startedAt: 1_795_752_000 });
  expect(readPushTimes('<html>')).toBeUndefined();
});
