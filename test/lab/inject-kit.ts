// What the lab's injection faults and the comparison of the evaluator with the real webhook share.
import { parseDocument } from 'yaml';
import type { KubeObject } from '../../src/core/object.ts';
import { apply, getJson, istioctl, kubectl, run } from './cluster.ts';
import { rolledOut } from './install.ts';
import { istioManifest } from './istio.ts';
import { until } from './sh.ts';

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

/** A tag is a configuration of webhooks and, since 1.26, a Service. */
export async function removeTag(tag: string): Promise<void> {
  await remove('mutatingwebhookconfigurations', `istio-revision-tag-${tag}`);
  await remove('services', '-n', 'istio-system', '-l', `istio.io/tag=${tag}`);
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
