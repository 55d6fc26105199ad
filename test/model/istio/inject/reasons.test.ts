// Why a pod is left out, and that each change which is offered does what it says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamespaceOf, Template } from '../../../../src/model/kube/webhook-called.ts';
import {
  mendNamespace,
  mendTemplate,
  reasonsOf,
  type Reason,
  type Wish,
  type World,
} from '../../../../src/model/istio/inject/reasons.ts';
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

const configs = new Map([
  ['default', config],
  ['canary', config],
]);
const world: World = { webhooks: defaultWebhooks, configs };
const canaryOnly: World = {
  webhooks: defaultWebhooks.filter((w) => w.revision === 'canary'),
  configs,
};
const plain: Template = { labels: {}, annotations: {}, hostNetwork: false };
const inject = 'sidecar.istio.io/inject';

function why(
  namespace: Readonly<Record<string, string>>,
  pod: Partial<Template> = {},
  {
    workloadLabels = {},
    in: where = world,
  }: { workloadLabels?: Wish['workloadLabels']; in?: World } = {},
): readonly string[] {
  const wish = { pod: { ...plain, ...pod }, workloadLabels };
  return reasonsOf(where, named(namespace), wish).map((reason) => reason.is);
}

/** The world with every offered change made, and what would become of the pod in it. */
function mended(where: World, namespace: NamespaceOf, pod: Template, reasons: readonly Reason[]) {
  const [here, made] = reasons.reduce<readonly [NamespaceOf, Template]>(
    ([ns, p], { mend }) =>
      mend.on === 'namespace'
        ? [mendNamespace(ns, mend.labels), p]
        : mend.on === 'template'
          ? [ns, mendTemplate(p, mend)]
          : [ns, p],
    [namespace, pod],
  );
  return verdictOf(where.webhooks, where.configs, here, made);
}

describe('reasons', () => {
  it.each([
    [{}, {}, ['namespace-unlabeled']],
    [{ 'istio-injection': 'disabled' }, {}, ['namespace-off']],
    [{ 'istio-injection': 'true' }, {}, ['namespace-off']],
    [{ 'istio.io/rev': 'gone' }, {}, ['revision-missing']],
    [{}, { labels: { 'istio.io/rev': 'gone' } }, ['revision-missing']],
    [{}, { labels: { [inject]: 'True' } }, ['label-value']],
    [{}, { annotations: { [inject]: 'true' } }, ['annotation-only']],
    [{ 'istio-injection': 'enabled' }, { labels: { [inject]: 'false' } }, ['label-false']],
    [{}, { labels: { [inject]: 'false' } }, ['label-false', 'namespace-unlabeled']],
    [
      { 'istio-injection': 'enabled' },
      { annotations: { [inject]: 'false' } },
      ['annotation-false'],
    ],
    [{}, { hostNetwork: true }, ['namespace-unlabeled', 'host-network']],
    [
      { 'istio-injection': 'enabled' },
      { annotations: { 'inject.istio.io/templates': 'mine' } },
      ['template-missing'],
    ],
    [{ 'istio-injection': 'enabled' }, {}, []],
  ])('%j and %j: %j', (namespace, pod, reasons) => {
    expect(why(namespace, pod)).toEqual(reasons);
  });

  it('sees a label that stands on the workload alone', () => {
    expect(why({}, {}, { workloadLabels: { [inject]: 'true' } })).toEqual(['label-on-workload']);
    expect(why({}, {}, { workloadLabels: { [inject]: 'false' } })).toEqual(['namespace-unlabeled']);
  });

  it('tells a mesh without a default from one whose default is switched off', () => {
    const enabled = { 'istio-injection': 'enabled' };
    expect(why(enabled, {}, { in: canaryOnly })).toEqual(['no-default']);
    const never = { matchLabels: { 'istio.io/deactivated': 'never-match' } };
    const off = configuration(
      'istio-sidecar-injector',
      { revision: 'default' },
      { namespaceSelector: never, objectSelector: never },
    );
    const webhooks = [...readWebhooks([off]), ...canaryOnly.webhooks];
    expect(why(enabled, {}, { in: { webhooks, configs } })).toEqual(['deactivated']);
    expect(why(enabled, {}, { in: { webhooks: [], configs } })).toEqual(['no-webhooks']);
  });

  it('names a selector that is not one of Istio', () => {
    const own = { key: 'team', operator: 'NotIn', values: ['batch'] };
    const enabled = { key: 'istio-injection', operator: 'In', values: ['enabled'] };
    const item = configuration(
      'mine',
      { revision: 'default' },
      { namespaceSelector: { matchExpressions: [enabled, own] }, objectSelector: {} },
    );
    const where = { webhooks: readWebhooks([item]), configs };
    const wish = { pod: plain, workloadLabels: {} };
    const labels = { 'istio-injection': 'enabled', team: 'batch' };
    expect(reasonsOf(where, named(labels), wish)).toMatchObject([
      {
        is: 'excluded',
        configuration: 'mine',
        miss: { on: 'namespace', key: 'team', has: 'batch' },
      },
    ]);
  });
});

describe('whatever the labels', () => {
  const worlds = fc.constantFrom(world, canaryOnly);

  it('there is a reason for each pod that is left out, and none for one that is not', () => {
    fc.assert(
      fc.property(worlds, anyNamespace, anyTemplate, (where, namespace, pod) => {
        const reasons = reasonsOf(where, namespace, { pod, workloadLabels: {} });
        const now = verdictOf(where.webhooks, where.configs, namespace, pod);
        expect(reasons.length > 0).toBe(now.is !== 'injected');
      }),
      { numRuns: 1000 },
    );
  });

  it('with every change that is offered the pod is injected, unless one reason has no such change', () => {
    fc.assert(
      fc.property(worlds, anyNamespace, anyTemplate, (where, namespace, pod) => {
        const reasons = reasonsOf(where, namespace, { pod, workloadLabels: {} });
        const stuck = reasons.some(({ mend }) => mend.on === 'nothing');
        if (!stuck) expect(mended(where, namespace, pod, reasons).is).toBe('injected');
      }),
      { numRuns: 1000 },
    );
  });
});
