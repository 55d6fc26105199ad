// Parsers on what the real things print: Envoy 1.40, pilot-agent 1.31, the metrics API.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAgentEnd } from '../../../../src/facts/istio/agent-end.ts';
import { readCalled } from '../../../../src/facts/istio/called.ts';
import { readEnvoyMemory } from '../../../../src/facts/istio/envoy-memory.ts';
import { readStatLines } from '../../../../src/facts/istio/stat-lines.ts';
import { readUsage } from '../../../../src/facts/kube/usage.ts';
import { readAnswer } from '../../../../src/snapshot/case.ts';
import { root } from '../../../helpers/sources.ts';

/** The body of a recorded answer of a scenario of `oom`. */
function recorded(scenario: string, part: string): string {
  const dir = join(root, 'test/scenarios/oom', scenario, 'answers');
  const name = readdirSync(dir).find((file) => file.includes(part)) ?? '';
  return readAnswer(readFileSync(join(dir, name), 'utf8'))?.body ?? '';
}

describe("Envoy's memory", () => {
  test('as recorded', () => {
    expect(readEnvoyMemory(recorded('big-config', 'stats-memory'))).toMatchObject({
      concurrency: 2,
      clusters: 1516,
      listeners: 51,
    });
  });

  test.each(['', '{}', '{"stats":[]}', '<html>', 'null'])('%s is none', (body) => {
    expect(readEnvoyMemory(body)).toBeUndefined();
  });
});

describe('what was called', () => {
  test('as recorded: one of 1,505', () => {
    const read = readCalled(recorded('big-config', 'clusters'));
    expect(read?.known).toBe(1505);
    expect(read?.called.map(({ host }) => host)).toEqual(['cart.shop.svc.cluster.local']);
  });

  test('subsets and ports of a host count together, TCP by its connections', () => {
    const host = (...stats: object[]) => ({ host_statuses: [{ stats }] });
    const body = {
      cluster_statuses: [
        { name: 'outbound|80|v1|a.x.svc.cluster.local', ...host({ name: 'rq_total', value: '3' }) },
        { name: 'outbound|81||a.x.svc.cluster.local', ...host({ name: 'cx_total', value: '4' }) },
        { name: 'outbound|82||b.x.svc.cluster.local', ...host({ name: 'cx_total' }) },
        { name: 'inbound|82||', ...host({ name: 'rq_total', value: '9' }) },
        { name: 'PassthroughCluster', ...host({ name: 'cx_total', value: '2' }) },
      ],
    };
    expect(readCalled(JSON.stringify(body))).toEqual({
      known: 2,
      called: [{ host: 'a.x.svc.cluster.local', requests: 7 }],
      passthrough: 2,
    });
  });

  test.each(['', '{}', '[]', 'null', '"ok"'])('%s is none', (body) => {
    expect(readCalled(body)).toBeUndefined();
  });
});

describe('metrics', () => {
  test('a page that was cut says so, and the label with most values', () => {
    const read = readStatLines(recorded('many-stats', 'prometheus'));
    expect(read?.cut).toBe(true);
    expect(read?.lines).toBeGreaterThan(2000);
    expect(read?.top).toMatchObject({ label: 'cluster_name' });
    expect(read?.top?.values).toBeGreaterThan(1500);
  });

  test('buckets do not count as labels of anybody', () => {
    const lines = ['1', '2', '3'].map((le) => `istio_x_bucket{le="${le}"} 1`);
    expect(readStatLines(`${lines.join('\n')}\nistio_x_sum{code="200"} 1\n`)?.top).toMatchObject({
      label: 'code',
      values: 1,
    });
  });

  test('nothing counted yet is an answer, a page of HTML is none', () => {
    expect(readStatLines('')).toMatchObject({ lines: 0, cut: false, top: undefined, names: 0 });
    expect(readStatLines('<html>\n<body>\n')).toBeUndefined();
    expect(readStatLines('{}')).toBeUndefined();
  });
});

test('the agent names the kill, and the moment', () => {
  const read = readAgentEnd(recorded('envoy-alone', 'logs-').split('\n'));
  expect(read.killed).toMatch(/Envoy may have been out of memory killed/);
  expect(read.at).toBeGreaterThan(Date.parse('2026-11-21T00:00:00Z'));
  expect(
    readAgentEnd(['2026-01-01T00:00:00Z\terror\tEnvoy exited with error: exit status 1']),
  ).toEqual({
    killed: undefined,
    at: undefined,
    ended: '2026-01-01T00:00:00Z error Envoy exited with error: exit status 1',
  });
});

test('usage', () => {
  const containers = [{ name: 'app', usage: { cpu: '0', memory: '45Mi' } }, { name: 'odd' }];
  expect(readUsage(containers)).toEqual([{ name: 'app', memory: 45 * 2 ** 20 }]);
  expect(readUsage('odd')).toBeUndefined();
});
