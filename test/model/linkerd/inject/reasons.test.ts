// Why a pod gets no Linkerd proxy, and that the change that is offered is the one that helps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mended,
  reasonsOf,
  type Reason,
  type Wish,
} from '../../../../src/model/linkerd/inject/reasons.ts';
import { verdictOf, type Template } from '../../../../src/model/linkerd/inject/verdict.ts';
import { readWebhooks } from '../../../../src/model/linkerd/inject/webhook.ts';
import { anyNamespace, anyTemplate, configuration, INJECT, named, plain, world } from './world.ts';

const nobody = { labels: {}, annotations: {} };
const wish = (pod: Partial<Template> = {}, workload: Partial<Wish['workload']> = {}): Wish => ({
  pod: { ...plain, ...pod },
  workload: { ...nobody, ...workload },
});
const asks = (value: string) => ({ annotations: { [INJECT]: value } });
const first = (namespace = named({}), made = wish()) => reasonsOf(world, namespace, made)[0];
const enabled = named({ [INJECT]: 'enabled' });
const istio = { name: 'istio-proxy', image: 'x', role: 'sidecar' } as const;

describe('reasonsOf', () => {
  it.each([
    ['nothing asks', named({}), wish(), { is: 'not-asked', mend: { on: 'namespace' } }],
    [
      'the namespace says disabled',
      named({ [INJECT]: 'disabled' }),
      wish(),
      { is: 'namespace-off' },
    ],
    [
      'a value nobody knows',
      named({ [INJECT]: 'true' }),
      wish(asks('enabled')),
      { is: 'value', on: 'namespace' },
    ],
    ['the same on the pod', enabled, wish(asks('Enabled')), { is: 'value', on: 'pod' }],
    [
      'the pod opts out',
      enabled,
      wish(asks('disabled')),
      { is: 'opted-out', mend: { annotations: { [INJECT]: null } } },
    ],
    [
      'a label on the pod',
      named({}),
      wish({ labels: { [INJECT]: 'enabled' } }),
      { is: 'label', on: 'pod' },
    ],
    [
      'a label on the namespace',
      { ...named({}), labels: { [INJECT]: 'enabled' } },
      wish(),
      { is: 'label', on: 'namespace' },
    ],
    [
      'the annotation of the Deployment',
      named({}),
      wish({}, asks('ingress')),
      { is: 'annotation-on-workload', value: 'ingress' },
    ],
    ['the network of the node', enabled, wish({ hostNetwork: true }), { is: 'host-network' }],
    [
      "Istio's sidecar",
      enabled,
      wish({ containers: [istio] }),
      { is: 'istio-sidecar', container: 'istio-proxy' },
    ],
    [
      'a part of Linkerd',
      enabled,
      wish({ labels: { 'linkerd.io/cni-resource': 'true' } }),
      { is: 'mesh-part' },
    ],
    ['kube-system', { ...enabled, name: 'kube-system' }, wish(), { is: 'system-namespace' }],
    [
      'webhooks kept away',
      { ...enabled, labels: { 'config.linkerd.io/admission-webhooks': 'disabled' } },
      wish(),
      { is: 'webhooks-off' },
    ],
  ] as const)('%s', (_, namespace, made, reason) => {
    expect(first(namespace, made)).toMatchObject(reason);
  });

  it('says one lock after another', () => {
    const namespace = {
      ...named({}),
      labels: { 'config.linkerd.io/admission-webhooks': 'disabled' },
    };
    const found = reasonsOf(world, namespace, wish(asks('disabled')));
    expect(found.map(({ is }) => is)).toEqual(['webhooks-off', 'not-asked', 'opted-out']);
  });

  it('names a selector that is not of the chart', () => {
    const webhooks = readWebhooks([
      configuration({ namespaceSelector: { matchLabels: { mesh: 'l5d' } } }),
    ]);
    const [reason] = reasonsOf({ ...world, webhooks }, enabled, wish());
    expect(reason).toMatchObject({ is: 'excluded', miss: { on: 'namespace', key: 'mesh' } });
  });

  it('needs a webhook, and its match conditions are not guessed', () => {
    expect(reasonsOf({ ...world, webhooks: [] }, enabled, wish())[0]?.is).toBe('no-webhook');
    const webhooks = readWebhooks([
      configuration({ matchConditions: [{ name: 'mine', expression: 'true' }] }),
    ]);
    expect(verdictOf({ ...world, webhooks }, enabled, plain).is).toBe('unknown');
    expect(reasonsOf({ ...world, webhooks }, enabled, wish())).toEqual([]);
  });

  it('a token matters only where the install says so', () => {
    const strict = { ...world, settings: { tokenProjection: false } };
    expect(verdictOf(world, enabled, { ...plain, automount: false }).is).toBe('injected');
    expect(reasonsOf(strict, enabled, wish({ automount: false }))[0]?.is).toBe('no-token');
  });
});

describe('for any namespace and pod', () => {
  const isFinal = ({ mend }: Reason) => mend.on === 'nothing';

  it('there is a reason exactly where there would be no proxy', () => {
    fc.assert(
      fc.property(anyNamespace, anyTemplate, (namespace, pod) => {
        const injected = verdictOf(world, namespace, pod).is === 'injected';
        expect(reasonsOf(world, namespace, { pod, workload: nobody }).length === 0).toBe(injected);
      }),
    );
  });

  it('all changes together give a proxy, unless the last reason has none to offer', () => {
    fc.assert(
      fc.property(anyNamespace, anyTemplate, (namespace, pod) => {
        const reasons = reasonsOf(world, namespace, { pod, workload: nobody });
        if (reasons.some(isFinal)) return;
        let [here, made] = [namespace, pod];
        for (const { mend } of reasons) {
          if (mend.on === 'namespace') here = mended(here, mend);
          else made = mended(made, mend);
        }
        expect(verdictOf(world, here, made).is).toBe('injected');
      }),
    );
  });

  it('a pod that asks for itself needs nothing of a namespace that says nothing wrong', () => {
    fc.assert(
      fc.property(anyTemplate, fc.constantFrom('enabled', 'ingress'), (pod, value) => {
        const made = { ...pod, annotations: { [INJECT]: value } };
        const off = verdictOf(world, named({ [INJECT]: 'disabled' }), made);
        expect(off.is).toBe(verdictOf(world, enabled, made).is);
      }),
    );
  });
});
