// Which PodMonitors a Prometheus takes, and which Prometheus is asked.
import { describe, expect, test } from 'vitest';
import { prometheusUrl, serviceOf } from '../../../../src/facts/linkerd/viz.ts';
import {
  choice,
  selectorText,
  type Operated,
  type PodMonitor,
} from '../../../../src/facts/linkerd/metrics/monitors.ts';

const monitor: PodMonitor = {
  namespace: 'linkerd',
  name: 'linkerd-proxy',
  labels: { 'linkerd.io/control-plane-ns': 'linkerd' },
  namespaces: undefined,
  selector: {},
  ofProxies: true,
};
const server = (own: Partial<Operated>): Operated => ({
  namespace: 'monitoring',
  name: 'kps',
  monitors: {},
  monitorNamespaces: {},
  ...own,
});

describe('a Prometheus of the operator', () => {
  test.each<[string, Partial<Operated>, string]>([
    ['an empty selector takes all', {}, 'selected'],
    ['no selector takes none', { monitors: undefined }, 'labels'],
    ['the label of a release', { monitors: { matchLabels: { release: 'kps' } } }, 'labels'],
    ['no namespace selector: its own alone', { monitorNamespaces: undefined }, 'namespace'],
    ['its own', { monitorNamespaces: undefined, namespace: 'linkerd' }, 'selected'],
    ['another namespace', { monitorNamespaces: { matchLabels: { team: 'a' } } }, 'namespace'],
    ['that namespace', { monitorNamespaces: { matchLabels: { team: 'mesh' } } }, 'selected'],
  ])('%s', (_, own, is) => {
    expect(choice(server(own), monitor, { linkerd: { team: 'mesh' } }).is).toBe(is);
  });

  test('unknown labels decide nothing', () => {
    const own = server({ monitorNamespaces: { matchLabels: { team: 'mesh' } } });
    expect(choice(own, monitor, undefined).is).toBe('unknown');
  });

  test('says which label is missing', () => {
    const own = server({ monitors: { matchLabels: { release: 'kps' } } });
    expect(choice(own, monitor, {})).toEqual({ is: 'labels', wants: { release: 'kps' } });
    expect([undefined, {}, own.monitors].map(selectorText)).toEqual([
      'nothing',
      'everything',
      'release=kps',
    ]);
  });
});

describe('what metrics-api reads', () => {
  test.each([
    ['http://prometheus.linkerd-viz.svc.cluster.local:9090', 'linkerd-viz/prometheus'],
    ['http://kps-prometheus.monitoring:9090/prom', 'monitoring/kps-prometheus'],
    ['http://bob:pass@kps.monitoring.svc:9090', 'monitoring/kps'],
    ['https://prometheus.example.com', undefined],
    ['http://10.0.0.1:9090', undefined],
    ['http://localhost:9090', undefined],
  ])('%s', (url, name) => {
    const found = serviceOf(url);
    expect(found && `${found.namespace}/${found.name}`).toBe(name);
  });

  test('the annotation stands in for the argument', () => {
    const namespaces = [{ name: 'linkerd-viz', external: 'http://prom.monitoring:9090' }];
    expect(prometheusUrl({ namespaces, pods: [] })).toBe('http://prom.monitoring:9090');
    expect(prometheusUrl({ namespaces: undefined, pods: [] })).toBeUndefined();
  });
});
