// Counters as a real linkerd2-proxy (edge-26.8) printed them; the second reading is a little later.
import { expect, test } from 'vitest';
import { readMetrics } from '../../../../src/facts/metrics-text.ts';
import { compare } from '../../../../src/facts/linkerd/policy/counters.ts';

const at = 'target_addr="10.244.16.11:8080",target_ip="10.244.16.11",target_port="8080"';
const by = 'srv_group="",srv_kind="default",srv_name="deny",srv_port="8080"';
const taken = 'route_group="",route_kind="default",route_name="default"';
const id = 'vote-bot.emojivoto.serviceaccount.identity.linkerd.cluster.local';
const page = (meshed: number, plain: number, forbidden: number) => `\
# HELP inbound_http_authz_deny_total The total number of inbound HTTP requests that could not be processed due to a proxy error.
# TYPE inbound_http_authz_deny_total counter
inbound_http_authz_deny_total{${at},${by},${taken},tls="true",client_id="${id}"} ${meshed}
inbound_http_authz_deny_total{${at},${by},${taken},tls="no_identity",no_tls_reason="no_tls_from_remote"} ${plain}
inbound_http_route_not_found_total{target_addr="0.0.0.0:4191",target_ip="0.0.0.0",target_port="4191",srv_group="",srv_kind="default",srv_name="deny",srv_port="4191",tls="no_identity",no_tls_reason="no_tls_from_remote"} 1
response_total{direction="inbound",${at},tls="true",client_id="${id}",${by},${taken},authz_group="",authz_kind="default",authz_name="all-unauthenticated",status_code="403",classification="success",grpc_status="",error=""} ${forbidden}
response_total{direction="inbound",${at},tls="true",client_id="${id}",${by},${taken},authz_group="",authz_kind="default",authz_name="all-unauthenticated",status_code="200",classification="success",grpc_status="",error=""} 16
# EOF
`;

const read = (text: string) => readMetrics(text) ?? { metrics: [], cut: false };

test('what came between two readings, by server, port and caller', () => {
  const all = compare(read(page(16, 9, 0)), read(page(20, 9, 3)));
  expect(all.map(({ what, port, id: who, now, ever }) => [what, port, who, now, ever])).toEqual([
    ['denied', 8080, id, 4, 20],
    ['denied', 8080, undefined, 0, 9],
    ['no-route', 4191, undefined, 0, 1],
    ['application', 8080, id, 3, 3],
  ]);
  expect(all[0]?.server).toEqual({ group: '', kind: 'default', name: 'deny' });
});

test('a proxy that restarted in between has counted nothing backwards', () => {
  const [first] = compare(read(page(16, 9, 0)), read(page(2, 0, 0)));
  expect(first?.now).toBe(0);
});

test('a first page that was cut tells of nothing that it has begun since', () => {
  const first = page(16, 9, 3);
  const cut = read(first.slice(0, first.indexOf('response_total')));
  const all = compare({ ...cut, cut: true }, read(page(20, 9, 3)));
  expect(all.map(({ what, now }) => [what, now])).toEqual([
    ['denied', 4],
    ['denied', 0],
    ['no-route', 0],
    ['application', 0],
  ]);
});
