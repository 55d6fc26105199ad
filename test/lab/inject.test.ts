// The evaluator of injection against the real API server and the real webhook: pods are created with
// --dry-run=server, which calls the webhooks and keeps nothing. A disagreement is a bug in meshdoc.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/core/object.ts';
import type { NamespaceOf, Template } from '../../src/model/kube/webhook-called.ts';
import {
  mendNamespace,
  mendTemplate,
  reasonsOf,
  type Reason,
  type World,
} from '../../src/model/istio/inject/reasons.ts';
import { readInjectorConfig } from '../../src/model/istio/inject/required.ts';
import { verdictOf } from '../../src/model/istio/inject/verdict.ts';
import { readWebhooks } from '../../src/model/istio/inject/webhook.ts';
import { readPod } from '../../src/facts/kube/pod.ts';
import {
  addCanary,
  addEntry,
  createdAs,
  DEFAULT_WEBHOOKS,
  injectorConfigs,
  remove,
  removeCanary,
  removeTag,
  restoreDefaultWebhooks,
  restoreInjector,
  setInjector,
  untilTrusted,
  webhookItems,
} from './inject-kit.ts';
import { lab, type Lab } from './lab.ts';
import { BUILD_MS } from './meshdoc.ts';
import { sleep, until } from './sh.ts';
import { taken } from './turns.ts';

const STATE_MS = 240_000;
const NAMED = 'injtest';

let mesh: Lab;
let compared = 0;
let mendedCount = 0;

type Labels = Readonly<Record<string, string>>;
type Case = { readonly namespace: NamespaceOf; readonly pod: Template };

const INJECTION = [undefined, 'enabled', 'disabled', 'Enabled', ''] as const;
const REV = [undefined, 'default', 'canary', 'prod', 'gone'] as const;
const INJECT = [undefined, 'true', 'false', 'True', 'yes', ''] as const;
const POD_REV = [undefined, 'default', 'canary', 'gone'] as const;

const given = (labels: Readonly<Record<string, string | undefined>>): Labels =>
  Object.fromEntries(
    Object.entries(labels).filter((e): e is [string, string] => e[1] !== undefined),
  );

/** Every combination of the two namespace labels, and the system namespaces as they are. */
const namespaces: readonly NamespaceOf[] = [
  ...INJECTION.flatMap((injection) =>
    REV.map((rev) => given({ 'istio-injection': injection, 'istio.io/rev': rev })),
  ).map((labels, i) => ({ name: `${NAMED}-${i}`, labels })),
  { name: 'kube-public', labels: {} },
  { name: 'kube-node-lease', labels: {} },
];

/** Every row of the table: namespace labels by pod labels. */
const table: readonly Case[] = namespaces.flatMap((namespace) =>
  INJECT.flatMap((inject) =>
    POD_REV.map((rev) => ({
      namespace,
      pod: {
        labels: given({ 'sidecar.istio.io/inject': inject, 'istio.io/rev': rev }),
        annotations: {},
        hostNetwork: false,
      },
    })),
  ),
);

const maybe = (key: string, ...values: readonly string[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined }).map((v) => given({ [key]: v }));
const merged = (...all: fc.Arbitrary<Labels>[]) =>
  fc.tuple(...all).map((some) => Object.assign({}, ...some) as Labels);

/** Labels, annotations and host networks as nobody would write them. */
const generated = fc.record({
  namespace: fc.constantFrom(...namespaces),
  pod: fc.record({
    labels: merged(
      maybe('sidecar.istio.io/inject', 'true', 'false', 'TRUE', ''),
      maybe('istio.io/rev', 'default', 'canary', 'prod', 'gone'),
      maybe('job', 'x', 'y'),
      maybe('team', 'a', 'b'),
      maybe('istio-injection', 'enabled', 'disabled'),
    ),
    annotations: merged(
      maybe('sidecar.istio.io/inject', 'true', 'false', 'no', ''),
      maybe('istio.io/rev', 'canary', 'gone'),
      maybe('inject.istio.io/templates', 'sidecar', ' sidecar ', 'sidecar,nope', 'grpc-agent'),
    ),
    hostNetwork: fc.oneof(
      { weight: 5, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  }),
});

const some = (seed: number, numRuns: number): readonly Case[] =>
  fc.sample(generated, { seed, numRuns });

const podOf = ({ namespace, pod }: Case, i: number): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `case-${i}`,
    namespace: namespace.name,
    labels: pod.labels,
    annotations: pod.annotations,
  },
  spec: {
    hostNetwork: pod.hostNetwork,
    containers: [{ name: 'app', image: 'lab/app:1' }],
  },
});

/** What became of it, in the evaluator's words. */
function outcome(pod: KubeObject | undefined): string {
  if (!pod) return 'refused';
  const read = readPod(pod);
  const proxy = read.containers.some((c) => c.name === 'istio-proxy');
  return proxy ? `injected by ${read.annotations['istio.io/rev'] ?? 'nobody'}` : 'left as it is';
}

async function realWorld(): Promise<World> {
  const webhooks = readWebhooks(await webhookItems());
  const configs = new Map(
    [...(await injectorConfigs())].flatMap(([revision, yaml]) => {
      const config = readInjectorConfig(yaml);
      return config ? [[revision, config] as const] : [];
    }),
  );
  return { webhooks, configs };
}

async function compare(cases: readonly Case[]): Promise<readonly string[]> {
  const { webhooks, configs } = await realWorld();
  const { made, errors } = await createdAs(cases.map(podOf));
  const byName = new Map(made.map((pod) => [pod.metadata.name, pod]));
  expect(errors.replaceAll(/^.*requested template "nope" not found.*$\n?/gm, '')).toBe('');
  compared += cases.length;
  return cases.flatMap((one, i) => {
    const seen = verdictOf(webhooks, configs, one.namespace, one.pod);
    const says =
      seen.is === 'injected'
        ? `injected by ${seen.by.revision}`
        : seen.is === 'refused' || seen.is === 'unknown'
          ? seen.is
          : 'left as it is';
    const real = outcome(byName.get(`case-${i}`));
    return says === real ? [] : [`${JSON.stringify(one)}: ${says}, and really ${real}`];
  });
}

beforeAll(async () => {
  mesh = await lab();
  await mesh.mend();
  await addCanary();
  const made = namespaces.filter(({ name }) => name.startsWith(NAMED));
  const items = made.map(({ name, labels }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  }));
  await mesh.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await until('their service accounts', async () => {
    const found = await mesh.kubectl('get', 'serviceaccounts', '-A', '-o', 'name');
    return found.split('serviceaccount/default').length > namespaces.length;
  });
}, BUILD_MS);

afterAll(async () => {
  const names = namespaces.map(({ name }) => name).filter((name) => name.startsWith(NAMED));
  await remove('namespace', ...names, '--wait=false');
  await restoreInjector();
  await removeCanary();
  await restoreDefaultWebhooks();
  await mesh.mend();
  process.stderr.write(
    `injection: ${compared} pods compared with the real webhook, ${mendedCount} let in as offered\n`,
  );
}, STATE_MS);

/** Each change that is offered to let a pod in, made: what the real webhook then does with it. */
async function mend(cases: readonly Case[]): Promise<readonly string[]> {
  const world = await realWorld();
  const offered = cases.flatMap((one) => {
    const reasons = reasonsOf(world, one.namespace, { pod: one.pod, workloadLabels: {} });
    const open = reasons.length > 0 && reasons.every(({ mend: { on } }) => on !== 'nothing');
    const mended = open ? reasons.reduce(mendOne, one) : undefined;
    // Only where there is a namespace with just these labels to try it in.
    const there = mended && namespaces.find((n) => sameLabels(n, mended.namespace));
    return mended && there ? [{ before: one, after: { ...mended, namespace: there } }] : [];
  });
  const { made } = await createdAs(offered.map(({ after }, i) => podOf(after, i)));
  const byName = new Map(made.map((pod) => [pod.metadata.name, pod]));
  mendedCount += offered.length;
  return offered.flatMap(({ before, after }, i) => {
    const real = outcome(byName.get(`case-${i}`));
    return real.startsWith('injected')
      ? []
      : [`${JSON.stringify(before)} became ${JSON.stringify(after)}, and really ${real}`];
  });
}

function mendOne({ namespace, pod }: Case, { mend: change }: Reason): Case {
  if (change.on === 'namespace') return { namespace: mendNamespace(namespace, change.labels), pod };
  return change.on === 'template'
    ? { namespace, pod: mendTemplate(pod, change) }
    : { namespace, pod };
}

function sameLabels(one: NamespaceOf, other: NamespaceOf): boolean {
  const text = ({ labels }: NamespaceOf) => JSON.stringify(Object.entries(labels).sort());
  return one.name.startsWith(NAMED) && other.name.startsWith(NAMED) && text(one) === text(other);
}

/** Each leaves the webhooks as they were. */
const states: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'with a default revision, a second one and a tag',
    async () => {
      expect(await compare([...table, ...some(1, 300)])).toEqual([]);
      expect(await mend([...table, ...some(11, 300)])).toEqual([]);
    },
  ],

  [
    'with neverInjectSelector and alwaysInjectSelector',
    async () => {
      await setInjector({
        neverInjectSelector: [
          {},
          { matchExpressions: [{ key: 'team', operator: 'NotIn', values: [] }] },
          { matchLabels: { job: 'x' } },
        ],
        alwaysInjectSelector: [{ matchExpressions: [{ key: 'team', operator: 'Exists' }] }],
      });
      await sleep(2000);
      expect(await compare(some(2, 300))).toEqual([]);
      await setInjector({ policy: 'disabled' });
      await sleep(2000);
      expect(await compare(some(3, 300))).toEqual([]);
      await setInjector({ policy: 'off' });
      await sleep(2000);
      expect(await compare(some(4, 100))).toEqual([]);
      await restoreInjector();
      await sleep(2000);
    },
  ],

  [
    'with revisions and a tag alone',
    async () => {
      await remove('mutatingwebhookconfigurations', DEFAULT_WEBHOOKS);
      await sleep(2000);
      expect(await compare([...table, ...some(5, 200)])).toEqual([]);
      expect(await mend([...table, ...some(12, 200)])).toEqual([]);
      await restoreDefaultWebhooks();
    },
  ],

  [
    'with the default revision deactivated for a tag',
    async () => {
      await mesh.istioctl('tag', 'set', 'default', '--revision', 'canary', '--overwrite');
      await untilTrusted();
      await sleep(2000);
      expect(await compare([...table, ...some(6, 200)])).toEqual([]);
      await removeTag('default');
      await restoreDefaultWebhooks();
    },
  ],

  [
    'with two webhooks for one label',
    async () => {
      const tag = await mesh.istioctl('tag', 'generate', 'default', '--revision', 'canary');
      const webhooks = tag.split(/^---\n/m).filter((part) => part.includes('MutatingWebhook'));
      await mesh.apply(webhooks.join('---\n'));
      await untilTrusted();
      await sleep(2000);
      expect(await compare(some(7, 300))).toEqual([]);
      await removeTag('default');
    },
  ],

  [
    'with namespaces enabled by default',
    async () => {
      // values.sidecarInjectorWebhook.enableNamespacesByDefault adds this entry (mutatingwebhook.yaml).
      const none = (key: string) => ({ key, operator: 'DoesNotExist' });
      const system = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];
      const byName = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: system };
      const neither = [none('istio-injection'), none('istio.io/rev')];
      await addEntry({
        name: 'auto.sidecar-injector.istio.io',
        namespaceSelector: { matchExpressions: [...neither, byName] },
        objectSelector: {
          matchExpressions: [none('sidecar.istio.io/inject'), none('istio.io/rev')],
        },
      });
      await sleep(2000);
      expect(await compare([...table, ...some(8, 200)])).toEqual([]);
      await restoreDefaultWebhooks();
    },
  ],

  [
    'with no webhook at all',
    async () => {
      await remove('mutatingwebhookconfigurations', '--all');
      await sleep(2000);
      expect(await compare(table)).toEqual([]);
      await restoreDefaultWebhooks();
    },
  ],
];

describe('the answer is that of the real API server and webhook', () => {
  test.each(taken('states of the webhook', states, 3))(
    '%s',
    { timeout: STATE_MS },
    async (_, compares) => compares(),
  );
});
