import { kubectl } from '../cluster.ts';
import { deployment, pod, template } from '../inject-kit.ts';
import { ENABLED, INJECT, put, putSpaces, space } from '../linkerd-inject-kit.ts';
import { linkerdFault } from '../linkerd-kit.ts';
import { sleep } from '../sh.ts';
import type { Fault } from '../faults.ts';

const annotated = (value: string) => ({ annotations: { [INJECT]: value } });
const secure = {
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    runAsUser: 1000,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
const init = { initContainers: [{ name: 'linkerd-init', image: 'lab/app:1' }] };

const spaces = [
  space('lj-plain'),
  space('lj-label', { labels: { [INJECT]: 'enabled' } }),
  space('lj-on', { annotations: ENABLED }),
  space('lj-value', { annotations: { [INJECT]: 'true' } }),
  space('lj-off', { annotations: { [INJECT]: 'disabled' } }),
  space('lj-nohooks', {
    annotations: ENABLED,
    labels: { 'config.linkerd.io/admission-webhooks': 'disabled' },
  }),
  space('lj-both', { annotations: ENABLED, labels: { 'istio-injection': 'enabled' } }),
  space('lj-late'),
  space('lj-lose', { annotations: ENABLED }),
  space('lj-empty'),
  space('lj-restricted', {
    annotations: ENABLED,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  }),
];

const objects: readonly object[] = [
  deployment('lj-plain', 'web'),
  deployment('lj-plain', 'labelled', { labels: ENABLED }),
  { ...onWorkload(deployment('lj-plain', 'misplaced')) },
  deployment('lj-plain', 'asking', annotated('enabled')),
  pod('lj-plain', 'alone'),
  deployment('lj-label', 'web'),
  deployment('lj-on', 'web'),
  deployment('lj-on', 'optout', annotated('disabled')),
  deployment('lj-on', 'cased', annotated('Enabled')),
  deployment('lj-on', 'agent', { spec: { hostNetwork: true } }),
  deployment('lj-on', 'part', { labels: { 'linkerd.io/control-plane-component': 'web' } }),
  deployment('lj-on', 'half', { spec: init }),
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace: 'lj-on' },
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: {
        spec: { template: template('nightly', { spec: { restartPolicy: 'Never' } }) },
      },
    },
  },
  deployment('lj-value', 'web'),
  deployment('lj-off', 'web'),
  deployment('lj-nohooks', 'web'),
  deployment('lj-both', 'web'),
  deployment('lj-late', 'web'),
  deployment('lj-late', 'cart'),
  deployment('lj-lose', 'web'),
  deployment('lj-restricted', 'web', { container: secure }),
  deployment('kube-system', 'lj-web', annotated('enabled')),
];

/** The annotation beside the template instead of in it. */
function onWorkload(made: object): object {
  const { metadata } = made as { metadata: object };
  return { ...made, metadata: { ...metadata, annotations: ENABLED } };
}

const made = ['lj-plain', 'lj-label', 'lj-on', 'lj-both', 'lj-late', 'lj-lose', 'lj-off'];

const fault = linkerdFault(
  'linkerd-inject-cases',
  'A namespace for each way to have no Linkerd proxy; nothing in them runs.',
  async () => {
    await putSpaces(...spaces);
    await put(...objects);
    await Promise.all(
      made.map((name) => kubectl('-n', name, 'rollout', 'status', 'deployment', '--timeout=180s')),
    );
    // Ages are told in seconds.
    await sleep(2000);
    await kubectl('annotate', 'namespace', 'lj-late', `${INJECT}=enabled`);
    await kubectl('annotate', 'namespace', 'lj-lose', `${INJECT}-`);
    return { target: 'deploy/web.lj-plain' };
  },
);

export default {
  ...fault,
  async mend(lab) {
    await kubectl('-n', 'kube-system', 'delete', 'deployment', 'lj-web', '--ignore-not-found');
    await fault.mend(lab);
  },
} satisfies Fault;
