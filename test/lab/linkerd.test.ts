// The lab's Linkerd itself: real objects, a real Prometheus, fakes that answer what upstream's programs would.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lab, type Lab, type LabPod } from './lab.ts';
import {
  addLinkerd,
  annotateTemplate,
  blockPort,
  identityOf,
  isInjecting,
  makeAnchor,
  mendLinkerd,
  podOf,
  query,
  restart,
  setAnchors,
  setProxy,
  stopInjector,
  untilSeries,
  untilTarget,
} from './linkerd-kit.ts';
import { BUILD_MS } from './meshdoc.ts';
import { podDir } from './paths.ts';
import { inNetns, run, until } from './sh.ts';
import { taken } from './turns.ts';

const MS = 300_000;
const TOOLS = join(import.meta.dirname, '..', 'tools', 'linkerd');
let mesh: Lab;

beforeAll(async () => {
  mesh = await lab();
  await mesh.mend();
  await addLinkerd(mesh);
}, BUILD_MS);

afterAll(() => mesh.mend(), MS);

const podDirOf = ({ namespace, name }: LabPod): string => podDir(namespace, name);

const admin = async ({ netns }: LabPod, path: string): Promise<string> => {
  const url = `http://127.0.0.1:4191${path}`;
  return (await run(inNetns(netns, ['curl', '-s', '-m', '2', '-w', '%{http_code}', url]))).stdout;
};

type Pod = {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: { containers: { name: string }[]; initContainers?: { name: string }[] };
};
const podJson = async ({ namespace, name }: LabPod): Promise<Pod> =>
  JSON.parse(await mesh.kubectl('-n', namespace, 'get', 'pod', name, '-o', 'json')) as Pod;
const names = (all: { name: string }[] = []): string[] => all.map(({ name }) => name);

describe('the injector', () => {
  test(
    'gives a native sidecar, or a classic one where an annotation says so',
    async () => {
      const native = await podJson(await podOf('web'));
      expect(names(native.spec.initContainers)).toEqual(['linkerd-init', 'linkerd-proxy']);
      expect(native.metadata.labels).toMatchObject({
        'linkerd.io/control-plane-ns': 'linkerd',
        'linkerd.io/proxy-deployment': 'web',
        'linkerd.io/workload-ns': 'emojivoto',
      });
      expect(native.metadata.annotations['linkerd.io/created-by']).toMatch(/proxy-injector/);
      const no = { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' };
      const classic = await podJson(await annotateTemplate('emoji', no));
      expect(names(classic.spec.containers)).toEqual(['linkerd-proxy', 'emoji-svc']);
      const events = await mesh.kubectl('-n', 'emojivoto', 'get', 'events', '-o', 'wide');
      expect(events).toMatch(/Injected +deployment\/emoji .*Linkerd sidecar proxy injected/);
    },
    MS,
  );
});

describe('Prometheus', () => {
  test(
    'finds the proxies and rates their requests',
    async () => {
      const web = await podOf('web');
      await untilTarget(web, 'up');
      await untilSeries('rate(request_total{deployment="web",target_port="8080"}[10s]) > 0');
      const own = await query('count(up{job="linkerd-controller"} == 1)');
      expect(own).toHaveLength(1);
    },
    MS,
  );
});

describe('identity', () => {
  test(
    'issues what the proxy then shows in TLS',
    async () => {
      const web = await podOf('web');
      const name = identityOf('web');
      const connect = `openssl s_client -connect 127.0.0.1:4191 -servername ${name} -showcerts </dev/null`;
      const shown = await run(inNetns(web.netns, ['sh', '-c', connect]));
      expect(shown.stdout).toContain(`s:CN = ${name}`);
      expect(shown.stdout).toContain('i:CN = identity.linkerd.cluster.local');
      expect(shown.stdout.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThanOrEqual(2);
      const other = connect.replace(name, identityOf('emoji'));
      expect((await run(inNetns(web.netns, ['sh', '-c', other]))).stdout).not.toContain('BEGIN');
    },
    MS,
  );
});

/** What takes long, because all must be mended after it. */
const long: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'the injector leaves a pod bare, with its reason, and is left out when it is down',
    async () => {
      const bare = await annotateTemplate('voting', { 'linkerd.io/inject': 'disabled' });
      expect(names((await podJson(bare)).spec.initContainers)).toEqual([]);
      const events = await mesh.kubectl('-n', 'emojivoto', 'get', 'events');
      expect(events).toContain(
        'Linkerd sidecar proxy injection skipped: pod has the annotation "linkerd.io/inject:disabled"',
      );
      await stopInjector();
      expect(await isInjecting()).toBe(false);
      const missed = await restart('vote-bot');
      expect(names((await podJson(missed)).spec.initContainers)).toEqual([]);
      await mendLinkerd();
      expect(await isInjecting()).toBe(true);
      const again = await podJson(await podOf('vote-bot'));
      expect(names(again.spec.initContainers)).toContain('linkerd-proxy');
    },
  ],
  [
    'Prometheus is denied by policy, and let in by the objects that viz prints for it',
    async () => {
      const pod = await annotateTemplate('web', {
        'config.linkerd.io/default-inbound-policy': 'deny',
      });
      await untilTarget(pod, 'down', /403 Forbidden/);
      expect(await admin(pod, '/ready')).toContain('200');
      expect(await admin(pod, '/metrics')).toContain('request_total');
      await mesh.apply(await readFile(join(TOOLS, 'allow-scrapes.yaml'), 'utf8'));
      await untilTarget(pod, 'up');
      await mendLinkerd();
    },
  ],
  [
    'Prometheus waits in vain, is refused, or is never answered',
    async () => {
      const web = await podOf('web');
      await blockPort(web, 'drop');
      await untilTarget(web, 'down', /deadline exceeded/);
      expect(await admin(web, '/ready')).toContain('ready');
      await blockPort(web, 'refuse');
      await untilTarget(web, 'down', /connection re(fused|set)/);
      await mendLinkerd();
      await setProxy(web, { admin: 'silent' });
      await untilTarget(web, 'down', /deadline exceeded/);
      await setProxy(web, { traffic: [] });
      await untilTarget(web, 'up');
      expect(await admin(web, '/metrics')).not.toMatch(/request_total\{.*target_port="8080"/);
      await mendLinkerd();
    },
  ],
  [
    'identity that no anchor of a new pod trusts leaves it not ready',
    async () => {
      await setAnchors((await makeAnchor()).cert);
      await restart('linkerd-proxy-injector', 'linkerd');
      await mesh.kubectl('-n', 'emojivoto', 'rollout', 'restart', 'deployment/web');
      await until('a proxy that is refused', async () => {
        const log = join(podDirOf(await podOf('web')), 'linkerd-proxy.log');
        return /Failed to obtain identity error=.*UnknownIssuer/.test(await readFile(log, 'utf8'));
      });
      expect(await admin(await podOf('web'), '/ready')).toContain('503');
      await mendLinkerd();
      expect(await admin(await podOf('web'), '/ready')).toContain('200');
    },
  ],
];

test.each(taken('long tests of linkerd', long, 2))('%s', async (_, runs) => runs(), MS);

test('the log is in the proxy’s own form', async () => {
  const web = await podOf('web');
  const text = 'Request denied server.group= server.kind=default server.name=deny';
  const from = 'inbound:server{port=8080}: linkerd_app_inbound::policy::http';
  await setProxy(web, { log: [{ level: 'INFO', from, text }] });
  const file = join(podDirOf(web), 'linkerd-proxy.log');
  const log = await until('the line', async () => {
    const said = await readFile(file, 'utf8');
    return said.includes(text) ? said : undefined;
  });
  expect(log).toMatch(/\[ +\d+\.\d{6}s\] {2}INFO ThreadId\(01\) inbound:server\{port=8080\}: /);
});

test('the replay of the command line prints recordings and nothing else', async () => {
  const replay = join(import.meta.dirname, 'linkerd', 'replay-linkerd');
  const recorded = join(TOOLS, 'expired');
  const env = { PATH: process.env['PATH'] ?? '', LINKERD_REPLAY: recorded };
  const asked = run([replay, 'check', '-o', 'json', '--wait', '0s'], { env });
  expect(await asked).toMatchObject({ code: 1 });
  expect((await asked).stdout).toBe(await readFile(join(recorded, 'check.json'), 'utf8'));
  expect(await run([replay, 'viz', 'tap', 'deploy/web'], { env })).toMatchObject({ code: 64 });
});

test(
  'everything of it is gone once all is mended',
  async () => {
    await mesh.mend();
    for (const kind of [
      'namespaces',
      'crds',
      'mutatingwebhookconfigurations',
      'clusterroles',
      'apiservices',
    ]) {
      const left = await mesh.kubectl('get', kind, '-o', 'name');
      expect(left, kind).not.toMatch(/linkerd|emojivoto/);
    }
  },
  MS,
);
