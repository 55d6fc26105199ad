import { deployment, pod, settled, template } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { manifest } from '../install.ts';
import { sleep, until } from '../sh.ts';

const secure = {
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    runAsUser: 1000,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
const inject = 'sidecar.istio.io/inject';
const auto = [{ name: 'istio-proxy', image: 'auto' }];

const objects: readonly object[] = [
  deployment('inj-plain', 'web'),
  deployment('inj-plain', 'cased', { labels: { [inject]: 'True' } }),
  deployment('inj-plain', 'annotated', { annotations: { [inject]: 'true' } }),
  deployment('inj-plain', 'misplaced', {}, { labels: { [inject]: 'true' } }),
  deployment('inj-plain', 'pinned', { labels: { 'istio.io/rev': 'canary' } }),
  deployment('inj-plain', 'gateway', {
    annotations: { 'inject.istio.io/templates': 'gateway' },
    spec: { containers: auto },
  }),
  deployment('inj-off', 'web'),
  deployment('inj-gone', 'web'),
  deployment('inj-on', 'web'),
  deployment('inj-on', 'optout', { labels: { [inject]: 'false' } }),
  deployment('inj-on', 'skipped', { annotations: { [inject]: 'false' } }),
  deployment('inj-on', 'agent', { spec: { hostNetwork: true } }),
  deployment('inj-on', 'bypassed', {
    annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' },
  }),
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'report', namespace: 'inj-on' },
    spec: {
      template: template('report', {
        labels: { [inject]: 'false' },
        spec: { restartPolicy: 'Never' },
      }),
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'inj-on' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: {
        spec: { template: template('nightly', { spec: { restartPolicy: 'Never' } }) },
      },
    },
  },
  deployment('inj-both', 'web'),
  deployment('inj-bad', 'template', {
    annotations: { 'inject.istio.io/templates': 'sidecar,extra' },
  }),
  deployment('inj-bad', 'config', {
    annotations: { 'proxy.istio.io/config': '{"concurrency": "many"}' },
  }),
  deployment('inj-bad', 'paused', {}, { spec: { paused: true } }),
  deployment('inj-restricted', 'web', { container: secure }),
  deployment('inj-limited', 'web'),
  pod('inj-ambient', 'web', { annotations: { 'ambient.istio.io/redirection': 'enabled' } }),
  pod('inj-plain', 'static', {
    annotations: { 'kubernetes.io/config.mirror': 'c0ffee' },
    spec: { nodeName: 'node-1' },
  }),
  deployment('inj-ambient', 'pending'),
  deployment('inj-ambient', 'both', { labels: { [inject]: 'true' } }),
  deployment('inj-late', 'web'),
  deployment('inj-late', 'cart'),
  deployment('inj-lose', 'web'),
  deployment('kube-public', 'web'),
];

const namespaces = [
  'plain',
  'off',
  'gone',
  'on',
  'both',
  'bad',
  'restricted',
  'limited',
  'ambient',
  'late',
  'lose',
].map((name) => `inj-${name}`);

export default {
  name: 'inject-cases',
  does: 'Namespaces and workloads in every state of injection, each decided by the real webhook.',
  async break(lab) {
    await lab.apply(await manifest('inject.yaml'));
    await lab.kubectl(
      'label',
      'namespace',
      'kube-public',
      'istio-injection=enabled',
      '--overwrite',
    );
    await until('their service accounts', async () => {
      const path = 'jsonpath={.items[?(@.metadata.name=="default")].metadata.namespace}';
      const found = await lab.kubectl('get', 'serviceaccounts', '-A', '-o', path);
      return [...namespaces, 'kube-public'].every((name) => found.split(' ').includes(name));
    });
    await lab.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await settled(
      'inj-plain',
      'inj-off',
      'inj-gone',
      'inj-on',
      'inj-both',
      'inj-late',
      'inj-lose',
      'inj-ambient',
    );
    // A label of the same second would not be seen to be the younger one.
    await sleep(1500);
    await lab.kubectl('label', 'namespace', 'inj-late', 'istio-injection=enabled');
    await lab.kubectl('label', 'namespace', 'inj-lose', 'istio-injection-');
    await until('the refusals', async () => {
      const all = await lab.kubectl(
        'get',
        'events',
        '-A',
        '--field-selector',
        'reason=FailedCreate',
      );
      return ['inj-bad', 'inj-restricted', 'inj-limited'].every((name) => all.includes(name));
    });
    await lab.kubectl(
      '-n',
      'inj-on',
      'wait',
      'job/report',
      '--for=condition=Complete',
      '--timeout=180s',
    );
    return { target: 'deploy/web.inj-plain' };
  },
  async mend(lab) {
    await lab.kubectl('label', 'namespace', 'kube-public', 'istio-injection-');
    await lab.kubectl('delete', 'deployment', 'web', '-n', 'kube-public', '--ignore-not-found');
    await lab.kubectl('delete', 'namespace', ...namespaces, '--ignore-not-found');
  },
} satisfies Fault;
