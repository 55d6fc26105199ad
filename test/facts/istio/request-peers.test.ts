// Who was refused, as the request metrics of a proxy name the peers.
import { expect, test } from 'vitest';
import { readPeers } from '../../../src/facts/istio/request-peers.ts';

const line = (account: string, code: number, by: string, value: number, reporter = 'destination') =>
  `istio_requests_total{reporter="${reporter}",source_workload="w",source_workload_namespace="n",source_principal="spiffe://cluster.local/ns/edge/sa/${account}",response_code="${code}",connection_security_policy="${by}"} ${value}\n`;

test('only those that came by mutual TLS and were refused count', () => {
  const body = [
    '# TYPE istio_requests_total counter\n',
    line('gateway', 403, 'mutual_tls', 3),
    line('gateway', 401, 'mutual_tls', 2),
    line('web', 200, 'mutual_tls', 9),
    line('web', 403, 'none', 9),
    line('web', 403, 'mutual_tls', 9, 'source'),
  ].join('');
  expect(readPeers(body)).toMatchObject([
    { principal: 'cluster.local/ns/edge/sa/gateway', refused: 5 },
  ]);
});

test('a page that is cut names nobody', () => {
  expect(readPeers(`${line('gateway', 403, 'mutual_tls', 3)}istio_requests_total{rep`)).toBe(
    undefined,
  );
  expect(readPeers('')).toEqual([]);
});
