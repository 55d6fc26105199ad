// What the lab's injection faults and the comparison of the evaluator with the real webhook share.
import { parseDocument } from 'yaml';
import type { KubeObject } from '../../src/core/object.ts';
import { apply, getJson, istioctl, kubectl, run } from './cluster.ts';
import { rolledOut } from './install.ts';
import { istioManifest } from './istio.ts';
import { sleep, until } from './sh.ts';

export const DEFAULT_WEBHOOKS = 'istio-sidecar-injector';
export const TAG = 'prod';

type Listed = { readonly items: readonly KubeObject[] };

/** The webhooks that inject, as they are now. */
export async function webhookItems(): Promise<readonly KubeObject[]> {
  return (await getJson<Listed>('mutatingwebhookconfigurations')).items;
}

/** `data.config` of every injector ConfigMap, by revision. */
export async function injectorConfigs(): Promise<ReadonlyMap<string, string>> {
  const { items } = await getJson<Listed>('-n', 'istio-system', 'configmaps');
  const found = items.filter(({ metadata }) => metadata.name.startsWith(DEFAULT_WEBHOOKS));
  return new Map(
    found.map((item) => [
      item.metadata.name.slice(DEFAULT_WEBHOOKS.length + 1) || 'default',
      (item['data'] as Record<string, string>)['config'] ?? '',
    ]),
  );
}

/** A second istiod of revision canary, and the tag prod that stands for it. */
export async function addCanary(): Promise<void> {
  await apply(await istioManifest('canary'));
  await rolledOut('istio-system', 'istiod-canary');
  const tag = await istioctl('tag', 'generate', TAG, '--revision', 'canary');
  await apply(tag);
  await untilTrusted();
}

/**
 * A tag is a configuration of webhooks and, since 1.26, a Service. The default one also validates what is applied, and
 * refuses it all once its revision is gone.
 */
export async function removeTag(tag: string): Promise<void> {
  await remove('mutatingwebhookconfigurations', `istio-revision-tag-${tag}`);
  await remove('services', '-n', 'istio-system', '-l', `istio.io/tag=${tag}`);
  if (tag === 'default')
    await remove('validatingwebhookconfigurations', 'istiod-default-validator');
}

export async function removeCanary(): Promise<void> {
  await removeTag('default');
  await removeTag(TAG);
  const stdin = await istioManifest('canary');
  await run(['kubectl', 'delete', '--ignore-not-found', '-f', '-'], { stdin });
}

/** The webhooks of the default revision as they were installed; istiod then fills in its certificate again. */
export async function restoreDefaultWebhooks(): Promise<void> {
  const all = (await istioManifest()).split(/^---\n/m);
  const mine = all.filter((part) => /^kind: MutatingWebhookConfiguration$/m.test(part));
  await remove('mutatingwebhookconfigurations', DEFAULT_WEBHOOKS);
  await apply(mine.join('---\n'));
  await untilTrusted();
  await untilCalled();
}

/** The API server hears of a webhook a moment after it is there, and lets pods pass until then. */
async function untilCalled(): Promise<void> {
  await until('the API server to call the webhook', async () => {
    const { made, errors } = await createdAs([pod('shop', 'probe')]);
    if (JSON.stringify(made).includes('"istio-proxy"')) return true;
    throw new Error(errors || 'a pod without a sidecar');
  });
}

/** Waits until istiod has put its own certificate into every webhook. */
export async function untilTrusted(): Promise<void> {
  await until('istiod to sign the webhooks', async () => {
    const path = 'jsonpath={range .items[*].webhooks[*]}{.clientConfig.caBundle}{"\\n"}{end}';
    const bundles = await kubectl('get', 'mutatingwebhookconfigurations', '-o', path);
    return bundles
      .trimEnd()
      .split('\n')
      .every((bundle) => bundle.length > 100);
  });
}

const configMap = ['configmap', DEFAULT_WEBHOOKS, '-n', 'istio-system'];

/** Changes some keys of the default injector's config; istiod reads it within a second. */
export async function setInjector(changes: Readonly<Record<string, unknown>>): Promise<void> {
  const { data } = await getJson<{ data: Record<string, string> }>(...configMap);
  const document = parseDocument(data['config'] ?? '');
  for (const [key, value] of Object.entries(changes)) document.set(key, value);
  const patch = JSON.stringify({ data: { config: document.toString({ lineWidth: 0 }) } });
  await kubectl('patch', ...configMap, '--type=merge', '-p', patch);
}

export const restoreInjector = (): Promise<void> =>
  setInjector({ policy: 'enabled', neverInjectSelector: [], alwaysInjectSelector: [] });

export async function remove(kind: string, ...names: readonly string[]): Promise<void> {
  await kubectl('delete', kind, ...names, '--ignore-not-found');
}

/** What the API server and the webhooks would make of each pod; one that is refused is absent. */
export async function createdAs(
  pods: readonly object[],
): Promise<{ readonly made: readonly KubeObject[]; readonly errors: string }> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods });
  const argv = ['kubectl', 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
  const { stdout, stderr } = await run(argv, { stdin });
  // One document after another, not a list.
  const made = stdout.split(/^(?=\{$)/m).filter((part) => part.trim() !== '');
  return { made: made.map((part) => JSON.parse(part) as KubeObject), errors: stderr };
}

type Made = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
  /** Fields of the one container. */
  readonly container?: object;
};

export function template(app: string, { labels, annotations, spec, container }: Made = {}): object {
  return {
    metadata: { labels: { app, ...labels }, ...(annotations ? { annotations } : {}) },
    spec: {
      containers: [{ name: 'app', image: 'lab/app:1', ...container }],
      // Its namespace waits out half of it before it goes, though an idle pod ends at once.
      terminationGracePeriodSeconds: 1,
      ...spec,
    },
  };
}

export function pod(namespace: string, name: string, made: Made = {}): object {
  const { metadata, spec } = template(name, made) as { metadata: object; spec: object };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, ...metadata }, spec };
}

/** A Deployment of idle pods; `own` is for itself, `made` for its pods. */
export function deployment(
  namespace: string,
  name: string,
  made: Made = {},
  own: Pick<Made, 'labels' | 'spec'> = {},
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { app: name, ...own.labels } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: template(name, made),
      ...own.spec,
    },
  };
}

/** Waits until every Deployment of these namespaces has its pods. */
export async function settled(...namespaces: readonly string[]): Promise<void> {
  for (const namespace of namespaces) {
    const wait = ['rollout', 'status', 'deployment', '--timeout=180s'];
    await kubectl('-n', namespace, ...wait);
  }
}

export const NAMESPACE = 'inj-here';

/** The namespace that a fault of one state of the mesh uses, with the workload it asks about. */
export async function addWeb(
  labels: Readonly<Record<string, string>>,
  made: Made = {},
): Promise<void> {
  await apply(
    JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } }),
  );
  await until('its service account', () =>
    kubectl('-n', NAMESPACE, 'get', 'serviceaccount', 'default'),
  );
  await apply(JSON.stringify(deployment(NAMESPACE, 'web', made)));
}

export const removeWeb = (): Promise<void> => remove('namespace', NAMESPACE);

export const ENABLED = { 'istio-injection': 'enabled' };
export const TARGET = { target: `deploy/web.${NAMESPACE}` };

/** Waits for the event that says why a pod of the workload was refused. */
export async function untilRefused(pattern: RegExp): Promise<void> {
  await until(`a refusal that says ${String(pattern)}`, async () => {
    const args = ['get', 'events', '--field-selector', 'reason=FailedCreate', '-o', 'yaml'];
    return pattern.test(await kubectl('-n', NAMESPACE, ...args));
  });
}

/** A JSON patch of every entry of the default webhooks. */
export async function patchWebhooks(
  change: (path: string) => readonly object[],
  ...first: readonly object[]
): Promise<void> {
  const { webhooks } = await getJson<{ webhooks: unknown[] }>(
    'mutatingwebhookconfiguration',
    DEFAULT_WEBHOOKS,
  );
  const patch = [...first, ...webhooks.flatMap((_, i) => change(`/webhooks/${i}`))];
  const target = ['mutatingwebhookconfiguration', DEFAULT_WEBHOOKS];
  await kubectl('patch', ...target, '--type=json', '-p', JSON.stringify(patch));
}

/** Without its label istiod leaves the configuration alone, so what is put there stays. */
export async function trust(pem: string): Promise<void> {
  const value = Buffer.from(pem).toString('base64');
  await patchWebhooks(
    (path) =>
      pem === ''
        ? [{ op: 'remove', path: `${path}/clientConfig/caBundle` }]
        : [{ op: 'replace', path: `${path}/clientConfig/caBundle`, value }],
    { op: 'remove', path: '/metadata/labels/istio.io~1rev' },
  );
  await sleep(1500);
}

const istiod = ['-n', 'istio-system', 'deployment/istiod'];

export async function scaleIstiod(replicas: number): Promise<void> {
  await kubectl('scale', ...istiod, `--replicas=${replicas}`);
  if (replicas > 0) return rolledOut('istio-system', 'istiod');
  await until('istiod to be gone', async () => {
    const path = 'jsonpath={.items[*].endpoints[*].addresses}';
    const selector = 'kubernetes.io/service-name=istiod';
    const left = await kubectl(
      '-n',
      'istio-system',
      'get',
      'endpointslices',
      '-l',
      selector,
      '-o',
      path,
    );
    return left.trim() === '';
  });
}

/** Sets one field of the mesh config, or takes it out; istiod reads it within a second. */
export async function setMesh(key: string, value: unknown): Promise<void> {
  const mesh = ['configmap', 'istio', '-n', 'istio-system'];
  const { data } = await getJson<{ data: Record<string, string> }>(...mesh);
  const document = parseDocument(data['mesh'] ?? '');
  if (value === undefined) document.delete(key);
  else document.set(key, value);
  const patch = JSON.stringify({ data: { mesh: document.toString({ lineWidth: 0 }) } });
  await kubectl('patch', ...mesh, '--type=merge', '-p', patch);
}

/** One more entry in the default webhooks, otherwise like the first. */
export async function addEntry(own: object): Promise<void> {
  const target = ['mutatingwebhookconfiguration', DEFAULT_WEBHOOKS];
  const { webhooks } = await getJson<{ webhooks: object[] }>(...target);
  const patch = [{ op: 'add', path: '/webhooks/-', value: { ...webhooks[0], ...own } }];
  await kubectl('patch', ...target, '--type=json', '-p', JSON.stringify(patch));
}
