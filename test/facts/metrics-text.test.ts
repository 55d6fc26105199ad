// The Prometheus text format, in lines that a Linkerd proxy printed (linkerd2
// cli/cmd/testdata/obfuscate-diagnostics-proxy-metrics.input) and in the odd ones its definition allows.
import { describe, expect, test } from 'vitest';
import { readMetrics } from '../../src/facts/metrics-text.ts';

const page = `# HELP inbound_http_authz_allow_total The total number of inbound HTTP requests that were authorized
# TYPE inbound_http_authz_allow_total counter
inbound_http_authz_allow_total{target_addr="0.0.0.0:4191",srv_name="default:all-unauthenticated",tls="no_identity",no_tls_reason="no_tls_from_remote"} 5
process_start_time_seconds 1645135105
`;

test('names, labels and values', () => {
  expect(readMetrics(page)).toEqual({
    cut: false,
    metrics: [
      {
        name: 'inbound_http_authz_allow_total',
        labels: {
          target_addr: '0.0.0.0:4191',
          srv_name: 'default:all-unauthenticated',
          tls: 'no_identity',
          no_tls_reason: 'no_tls_from_remote',
        },
        value: 5,
      },
      { name: 'process_start_time_seconds', labels: {}, value: 1_645_135_105 },
    ],
  });
});

describe('lines the definition allows', () => {
  test.each([
    ['a{b="c,d}e"} 1', { b: 'c,d}e' }, 1],
    ['a{b="say \\"hi\\"\\nback\\\\slash"} 1', { b: 'say "hi"\nback\\slash' }, 1],
    ['a{b="1",} 2.5e3 1700000000000', { b: '1' }, 2500],
    ['a{} +Inf', {}, Infinity],
    ['a NaN', {}, NaN],
  ])('%s', (line, labels, value) => {
    expect(readMetrics(`${line}\n`)?.metrics).toEqual([{ name: 'a', labels, value }]);
  });
});

test('only what is wanted is kept, and a page without it is still a page', () => {
  const { metrics } = readMetrics(page, (name) => name.startsWith('process_')) ?? {};
  expect(metrics?.map(({ name }) => name)).toEqual(['process_start_time_seconds']);
  expect(readMetrics(page, () => false)).toEqual({ metrics: [], cut: false });
  expect(readMetrics('')).toEqual({ metrics: [], cut: false });
});

test('a page that was cut lacks its last line, and says so', () => {
  const cut = readMetrics(page.slice(0, -4));
  expect([cut?.cut, cut?.metrics.length]).toEqual([true, 1]);
});

test.each(['<!doctype html>\n', '{}\n', '"ok"\n', 'unauthorized\n', 'a{b="c" 1\n'])(
  'no such page: %s',
  (body) => {
    expect(readMetrics(body)).toBeUndefined();
  },
);
