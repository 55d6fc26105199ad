// Both gates without a cluster: what holds for any labels. The lab compares them with the real thing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calls, type Template } from '../../../../src/model/kube/webhook-called.ts';
import {
  readInjectorConfig,
  requires,
  systemNamespaces,
  type InjectorConfig,
} from '../../../../src/model/istio/inject/required.ts';
import { verdictOf } from '../../../../src/model/istio/inject/verdict.ts';
import { readWebhooks } from '../../../../src/model/istio/inject/webhook.ts';
import {
  anyNamespace,
  anyTemplate,
  config,
  configuration,
  defaultWebhooks,
  named,
} from './world.ts';

const plain: Template = { labels: {}, annotations: {}, hostNetwork: false };
const configs = new Map([
  ['default', config],
  ['canary', config],
]);
const verdict = (
  namespace: Readonly<Record<string, string>>,
  pod: Partial<Template> = {},
  webhooks = defaultWebhooks,
) => {
  const seen = verdictOf(webhooks, configs, named(namespace), { ...plain, ...pod });
  return seen.is === 'injected' ? `injected by ${seen.by.revision}` : seen.is;
};

describe('the table of namespace and pod labels', () => {
  const yes = { 'sidecar.istio.io/inject': 'true' };
  const no = { 'sidecar.istio.io/inject': 'false' };
  const enabled = { 'istio-injection': 'enabled' };

  it.each([
    [enabled, {}, 'injected by default'],
    [{ ...enabled, 'istio.io/rev': 'gone' }, {}, 'injected by default'],
    [enabled, no, 'not-called'],
    [{ 'istio-injection': 'disabled' }, yes, 'not-called'],
    [{ 'istio-injection': 'Enabled' }, yes, 'not-called'],
    [{ 'istio.io/rev': 'canary' }, {}, 'injected by canary'],
    [{ 'istio.io/rev': 'prod' }, {}, 'injected by canary'],
    [{ 'istio.io/rev': 'gone' }, yes, 'not-called'],
    [{ 'istio.io/rev': 'default' }, {}, 'injected by default'],
    [{}, yes, 'injected by default'],
    [{}, { 'istio.io/rev': 'canary' }, 'injected by canary'],
    [{}, { ...yes, 'istio.io/rev': 'canary' }, 'injected by canary'],
    [{}, {}, 'not-called'],
    [{}, { 'sidecar.istio.io/inject': 'True' }, 'not-called'],
  ])('%j and %j: %s', (namespace, labels, is) => {
    expect(verdict(namespace, { labels })).toBe(is);
  });

  it('without a default revision, istio-injection=enabled means nothing', () => {
    const canary = defaultWebhooks.filter((w) => w.revision === 'canary');
    expect(verdict(enabled, {}, canary)).toBe('not-called');
    expect(verdict({}, { labels: yes }, canary)).toBe('not-called');
    expect(verdict({ 'istio.io/rev': 'canary' }, {}, canary)).toBe('injected by canary');
  });

  it('says which requirement fails, the nearest webhook first', () => {
    const seen = verdictOf(defaultWebhooks, configs, named({}), plain);
    expect(seen).toMatchObject({
      is: 'not-called',
      nearest: [{ misses: [{ key: expect.any(String) as string }] }, {}, {}, {}, {}, {}, {}, {}],
    });
  });

  it('does not guess at match conditions', () => {
    const [first] = readWebhooks([configuration('a', { revision: 'default' })]);
    if (!first) throw new Error('no webhook');
    const conditional = [{ ...first, conditions: ['not-mine'] }];
    expect(verdict({ 'istio.io/rev': 'default' }, {}, conditional)).toBe('unknown');
    expect(verdict({ 'istio-injection': 'disabled' }, {}, conditional)).toBe('not-called');
  });

  it('does not guess at a config it has not read', () => {
    const seen = verdictOf(defaultWebhooks, new Map(), named(enabled), plain);
    expect(seen.is).toBe('unknown');
  });
});

describe('injectRequired', () => {
  const asks = (
    pod: Partial<Template>,
    given: Partial<InjectorConfig> = {},
    namespace = 'shop',
  ) => {
    const seen = requires(
      { ...config, ...given },
      { name: namespace, labels: {} },
      { ...plain, ...pod },
    );
    return 'rule' in seen ? `${seen.is}: ${seen.rule.is}` : seen.is;
  };
  const label = (value: string) => ({ labels: { 'sidecar.istio.io/inject': value } });
  const annotation = (value: string) => ({ annotations: { 'sidecar.istio.io/inject': value } });
  const job = { labels: { job: 'x' } };
  const never = [{ matchExpressions: [{ key: 'job', operator: 'Exists', values: [] }] }];
  const always = [{ matchLabels: { job: 'x' } }];

  it.each([
    [{ hostNetwork: true, ...label('true') }, {}, 'shop', 'skip: host-network'],
    [label('true'), {}, 'kube-system', 'skip: system-namespace'],
    [annotation('false'), {}, 'shop', 'skip: asked'],
    [{ ...label('true'), ...annotation('false') }, {}, 'shop', 'inject: asked'],
    [{ ...label(''), ...annotation('false') }, {}, 'shop', 'inject: policy'],
    [annotation('no'), {}, 'shop', 'inject: policy'],
    [job, { never }, 'shop', 'skip: never-selector'],
    [job, { never, always }, 'shop', 'skip: never-selector'],
    [{ ...label('true') }, { never: [{ matchLabels: { a: 'b' } }] }, 'shop', 'inject: asked'],
    [job, { always, policy: 'disabled' }, 'shop', 'inject: always-selector'],
    [{}, { policy: 'disabled' }, 'shop', 'skip: policy'],
    [label('true'), { policy: 'disabled' }, 'shop', 'inject: asked'],
    [label('true'), { policy: 'off' }, 'shop', 'skip: policy'],
    [job, { never: [{}] }, 'shop', 'inject: policy'],
    [
      job,
      { never: [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] }] },
      'shop',
      'inject: policy',
    ],
    [{ annotations: { 'inject.istio.io/templates': 'sidecar, nope' } }, {}, 'shop', 'refuse'],
    [{ annotations: { 'inject.istio.io/templates': 'gateway' } }, {}, 'shop', 'inject: policy'],
  ])('%j with %j in %s: %s', (pod, given, namespace, is) => {
    expect(asks(pod, given, namespace)).toBe(is);
  });
});

describe('whatever the labels', () => {
  const world = fc.tuple(anyNamespace, anyTemplate);

  it('the order in which webhooks are listed changes nothing', () => {
    const items = ['default', 'canary'].map((revision) =>
      configuration(`a-${revision}`, { revision }),
    );
    fc.assert(
      fc.property(world, ([namespace, pod]) => {
        const there = verdictOf(readWebhooks(items), configs, namespace, pod);
        const back = verdictOf(readWebhooks(items.toReversed()), configs, namespace, pod);
        expect(back).toEqual(there);
      }),
    );
  });

  it('a host network, a system namespace and a label that says false are never injected', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...systemNamespaces), ([namespace, pod], system) => {
        const seen = (ns = namespace, p = pod) => verdictOf(defaultWebhooks, configs, ns, p).is;
        expect(seen(namespace, { ...pod, hostNetwork: true })).not.toBe('injected');
        expect(seen({ ...namespace, name: system })).not.toBe('injected');
        const labels = { ...pod.labels, 'sidecar.istio.io/inject': 'false' };
        expect(seen(namespace, { ...pod, labels })).not.toBe('injected');
      }),
    );
  });

  it('an annotation alone never makes a webhook be called', () => {
    fc.assert(
      fc.property(world, ([namespace, pod]) => {
        for (const webhook of defaultWebhooks) {
          const unannotated: Template = { ...pod, annotations: {} };
          const bare = calls(webhook, namespace, unannotated);
          expect(calls(webhook, namespace, pod)).toEqual(bare);
        }
      }),
    );
  });

  it('a miss that is named does fail, and only those that fail are named', () => {
    fc.assert(
      fc.property(world, ([namespace, pod]) => {
        for (const webhook of defaultWebhooks) {
          const seen = calls(webhook, namespace, pod);
          if (seen.is !== 'not-called') continue;
          for (const { on, key, operator, values, has } of seen.misses) {
            const labels = on === 'pod' ? pod.labels : namespace.labels;
            expect(has).toBe(labels[key]);
            if (operator === 'In') expect(values).not.toContain(has);
            if (operator === 'NotIn') expect(values).toContain(has);
            if (operator === 'DoesNotExist') expect(has).toBeDefined();
          }
        }
      }),
    );
  });
});

describe('the config of the injector', () => {
  it('is read as far as it decides', () => {
    const yaml = `policy: enabled
alwaysInjectSelector: []
neverInjectSelector:
  - matchLabels: {job: x}
aliases: {both: [sidecar, gateway]}
templates:
  sidecar: |
    spec: {{ .Values }}
  gateway: ''
`;
    expect(readInjectorConfig(yaml)).toEqual({
      policy: 'enabled',
      always: [],
      never: [{ matchLabels: { job: 'x' }, matchExpressions: [] }],
      templates: ['sidecar', 'gateway', 'both'],
    });
  });

  it('is not guessed at when istiod could not read it', () => {
    expect(readInjectorConfig('neverInjectSelector: [{matchLabels: {a: true}}]')).toBeUndefined();
    expect(readInjectorConfig('policy: [')).toBeUndefined();
    expect(readInjectorConfig('')).toBeUndefined();
    expect(readInjectorConfig('{}')).toMatchObject({ policy: '' });
  });
});
