// Which questions are passed on. A refused question must never reach the adapter.
import { describe, expect, it } from 'vitest';
import type { Question, Tool } from '../../src/core/question.ts';
import { allowedText } from '../../src/guard/allowed-text.ts';
import { guard } from '../../src/guard/guard.ts';
import { refusal } from '../../src/guard/refuse.ts';
import { always, never, POD } from './samples.ts';

const http = (port: number, path: string): Question => ({ ask: 'http', pod: POD, port, path });
const exec = (...argv: readonly string[]): Question => ({
  ask: 'exec',
  pod: POD,
  container: 'c',
  argv,
});
const tool = (line: string): Question => {
  const [name, ...args] = line.split(' ');
  return { ask: 'tool', tool: name as Tool, args };
};
const get = (plural: string, name = 'x', group = '', kind = 'X'): Question => ({
  ask: 'get',
  ref: { resource: { group, version: 'v1', plural, kind, namespaced: true }, namespace: 'a', name },
});

const asked: readonly Question[] = [
  { ask: 'server' },
  get('pods'),
  get('virtualservices', 'web', 'networking.istio.io'),
  get('clusterroles', 'system:node', 'rbac.authorization.k8s.io'),
  ...[
    '/debug/syncz',
    '/debug/syncz?namespace=shop',
    '/debug/adsz?proxyID=web.shop',
    '/metrics',
    '/debug/cachez?sizes=true',
  ].map((path) => http(15014, path)),
  ...[
    '/server_info',
    '/stats?filter=listener_manager%5C.lds&format=json',
    '/stats?usedonly',
    '/clusters?format=json',
    '/config_dump?resource=dynamic_listeners&name_regex=.*15006',
    '/config_dump?include_eds',
    '/stats/prometheus?usedonly',
  ].map((path) => http(15000, path)),
  http(8080, '/ready'),
  http(15020, '/stats/prometheus'),
  http(15021, '/healthz/ready'),
  http(4191, '/metrics'),
  http(9995, '/metrics'),
  http(9090, `/api/v1/query?query=${encodeURIComponent('rate(x{a="b"}[5m])')}&time=1700000000.5`),
  http(9090, '/api/v1/targets?state=active'),
  exec('pilot-agent', 'request', 'GET', 'stats?filter=rbac'),
  exec('pilot-agent', 'request', 'GET', '/healthz/ready', '--debug-port', '15021'),
  exec('pilot-agent', 'request', 'GET', '/server_info', '--debug-port=15000'),
  exec('pilot-discovery', 'request', 'GET', '/debug/syncz'),
  ...[
    'istioctl version -o json',
    'istioctl version --remote=false',
    'istioctl analyze -A -o json',
    'istioctl analyze -n shop --revision canary',
    'istioctl proxy-status -o json',
    'istioctl ps -v 1 --revision canary',
    'istioctl proxy-config clusters web.shop -o json',
    'istioctl pc secret deploy/web -n shop -o json',
    'istioctl pc endpoints web.shop --cluster outbound|80||web.shop.svc.cluster.local',
    'istioctl x describe pod web -n shop',
    'istioctl x internal-debug syncz --all',
    'istioctl experimental authz check web.shop',
    'istioctl tag list -o json',
    'istioctl x precheck',
    'istioctl remote-clusters',
    'linkerd check -o json --wait 0s',
    'linkerd check --proxy -n shop',
    'linkerd viz check -o json',
    'linkerd viz stat deploy -n shop -o json -t 1m',
    'linkerd diagnostics proxy-metrics po/web -n shop',
    'linkerd version --client --short',
    'cilium status -o json --wait=false',
    'cilium version --client',
    'consul-k8s status',
    'consul-k8s proxy list -o json',
    'consul-k8s proxy read web -n shop -clusters',
  ].map(tool),
];

const harmful: readonly Question[] = [
  get('secrets'),
  get('Secrets'),
  get('things', 'x', '', 'Secret'),
  get('serviceaccounts/token'),
  ...[
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    'pods/proxy',
    'services/proxy',
    'nodes/proxy',
    'pods/status/x',
  ].map((plural) => get(plural)),
  get('pods', '../../secrets/x'),
  get('pods', 'x?watch=true'),
  get('pods', '%2e%2e'),
  get('pods', '..'),
  get('pods/../secrets'),
  {
    ask: 'list',
    resource: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true },
  },
  {
    ask: 'list',
    resource: { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true },
    namespace: '../x',
  },
  { ask: 'logs', pod: { namespace: 'a', name: 'b/exec' }, container: 'c', tailLines: 1 },
  { ask: 'http', pod: { namespace: 'a', name: '../b' }, port: 15000, path: '/ready' },
  ...[
    '/debug/adsz?push=true',
    '/debug/adsz?push',
    '/debug/adsz?PUSH=true',
    '/debug/adsz?%70ush=true',
    '/debug/adsz?proxyID=a&push=1',
    '/debug/adsz?proxyID=a;push=1',
    '/debug/adsz?proxyID=a%26push=1',
    '/debug/adsz?proxyID=a&proxyID=b',
    '/debug/adsz?proxyID=a?push=1',
    '/debug/adsz?proxyID=a#x',
    '/debug/adsz ?push=1',
    '/debug/cachez?clear=true',
    '/debug/cachez?sizes=true&clear=true',
    '/debug/config_dump?proxyID=web.shop',
    '/debug/edsz?proxyID=web.shop',
    '/debug/ecdsz',
    '/debug/ndsz',
    '/debug/force_disconnect?proxyID=web.shop',
    '/debug/pprof/heap',
    '/debug//syncz',
    '//debug/syncz',
    '/debug/./syncz',
    '/metrics/../debug/force_disconnect',
    '/%64ebug/syncz',
    '/debug/syncz/',
    '/debug/syncz?__proto__=x',
    '/debug/syncz?constructor=x',
    'debug/syncz',
    'http://elsewhere/metrics',
    '',
  ].map((path) => http(15014, path)),
  ...[
    '/quitquitquit',
    '/drain_listeners',
    '/healthcheck/fail',
    '/reset_counters',
    '/runtime_modify?a=b',
    '/cpuprofiler?enable=y',
    '/logging?level=debug',
    '/logging',
    '/stats',
    '/stats?format=json',
    '/stats/recentlookups/enable',
    '/stats?filter=x%0a',
    '/stats?filter=%',
    '/config_dump?resource=../x',
    '/clusters?format=json&format=text',
  ].map((path) => http(15000, path)),
  http(8080, '/debug/syncz'),
  http(15020, '/quitquitquit'),
  http(4191, '/shutdown'),
  http(4191, '/proxy-log-level'),
  http(9090, '/-/quit'),
  http(9090, '/api/v1/admin/tsdb/delete_series?match[]=x'),
  http(443, '/metrics'),
  http(15014.5, '/metrics'),
  exec(),
  exec('sh', '-c', 'pilot-agent request GET /ready'),
  exec('pilot-agent', 'request', 'POST', '/ready'),
  exec('pilot-agent', 'request', 'get', '/ready'),
  exec('pilot-agent', 'request', 'GET'),
  exec('pilot-agent', 'request', 'GET', '/quitquitquit'),
  exec('pilot-agent', 'request', 'GET', '/ready', 'x'),
  exec('pilot-agent', 'request', 'GET', '/ready', '--debug-port', '15020', 'x'),
  exec('pilot-agent', 'request', 'GET', '/ready', '--debug-port', '22'),
  exec('pilot-agent', 'request', 'GET', '/debug/syncz', '--debug-port', '15004'),
  exec('pilot-agent', 'request', 'GET', '--debug-port=15000', '/ready'),
  exec('pilot-agent', 'request GET', '/ready'),
  exec('pilot-agent', 'istio-iptables'),
  exec('/usr/local/bin/pilot-agent', 'request', 'GET', '/ready'),
  exec('pilot-discovery', 'request', 'GET', '/debug/config_dump?proxyID=a.b'),
  exec('pilot-discovery', 'request', 'GET', '/metrics', '--debug-port', '15014'),
  exec('constructor', 'request', 'GET', '/ready'),
  ...[
    'istioctl',
    'istioctl proxy-status web.shop',
    'istioctl ps web.shop',
    'istioctl proxy-status -n shop web',
    'istioctl proxy-status --file dump.json',
    'istioctl x proxy-status web.shop',
    'istioctl install',
    'istioctl install -y',
    'istioctl uninstall --purge',
    'istioctl kube-inject -f x.yaml',
    'istioctl create-remote-secret',
    'istioctl tag set prod --revision canary',
    'istioctl analyze x.yaml',
    'istioctl analyze -',
    'istioctl analyze --kubeconfig /x',
    'istioctl analyze -ojson',
    'istioctl version --context other',
    'istioctl version --',
    'istioctl proxy-config log web.shop',
    'istioctl proxy-config log web.shop --level debug',
    'istioctl proxy-config clusters web.shop --level debug',
    'istioctl proxy-config clusters web.shop --reset',
    'istioctl proxy-config clusters web.shop -f dump.json',
    'istioctl proxy-config clusters',
    'istioctl proxy-config clusters -o json',
    'istioctl proxy-config clusters ../x',
    'istioctl proxy-config clusters web.shop -o yaml',
    'istioctl x internal-debug config_dump?proxyID=web.shop',
    'istioctl x internal-debug adsz?push=true',
    'istioctl x internal-debug ../quitquitquit',
    'istioctl x internal-debug syncz --xds-address evil:15012',
    'istioctl x describe',
    'istioctl dashboard envoy web.shop',
    'istioctl bug-report',
    'linkerd inject x.yaml',
    'linkerd install',
    'linkerd identity -n shop web',
    'linkerd viz tap deploy/web',
    'linkerd check --kubeconfig /x',
    'cilium connectivity test',
    'cilium sysdump',
    'consul-k8s proxy log web -u debug',
    'consul-k8s proxy read web -o raw',
    'consul-k8s uninstall',
    'kubectl get secrets',
    'constructor version',
  ].map(tool),
];

describe('refusals', () => {
  it.each(asked.map((q) => [q]))('asks %j', (q) => {
    expect(refusal(q)).toBeUndefined();
  });

  it.each(harmful.map((q) => [q]))('refuses %j', async (q) => {
    let reached = false;
    const ask = guard((...args) => {
      reached = true;
      return always('')(...args);
    });
    expect(await ask(q, never)).toMatchObject({ ok: false, why: 'refused' });
    expect(reached).toBe(false);
  });

  it('says why when the harm is known', () => {
    expect(refusal(http(15014, '/debug/edsz?proxyID=a.b'))).toContain('57789');
    expect(refusal(http(15014, '/debug/adsz?%70ush=true'))).toContain('push to every proxy');
    expect(refusal(http(15000, '/quitquitquit'))).toContain('ends the process');
    expect(refusal(tool('istioctl ps web.shop'))).toContain('istioctl ps web.shop is not run');
  });

  it('holds a moved port to the list of the one it stands for', () => {
    expect(refusal(http(15100, '/certs'), { 15100: 15000 })).toBeUndefined();
    expect(refusal(http(15100, '/quitquitquit'), { 15100: 15000 })).toContain('ends the process');
  });

  it('prints the closed list', () => {
    const lines = allowedText();
    expect(lines).toContain('GET :15014 /debug/syncz?namespace (istiod (monitoring))');
    expect(lines.join('\n')).not.toMatch(/secret-key|quitquitquit|force_disconnect|--level/);
  });
});
