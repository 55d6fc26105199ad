import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apply, kubectl } from './cluster.ts';
import { waitHealthy } from './health.ts';
import { istioManifest } from './istio.ts';
import { built } from './paths.ts';
import { until } from './sh.ts';

export const manifest = (name: string): Promise<string> =>
  readFile(join(import.meta.dirname, 'manifests', name), 'utf8');

const log = (line: string): void => void process.stderr.write(`lab: ${line}\n`);

/** Waits until a Deployment's pods are ready, as many as it wants. */
export async function rolledOut(namespace: string, deployment: string): Promise<void> {
  await kubectl('-n', namespace, 'rollout', 'status', `deployment/${deployment}`, '--timeout=90s');
}

/** Fills the empty cluster: resource types, nodes, Istio, the shop, users' rights. */
export async function install(): Promise<void> {
  log('waiting for the API server');
  await until('the API server', () => kubectl('get', '--raw', '/readyz'));
  const crds = [join(built.kwok, 'crds'), built.gatewayApi];
  await kubectl('apply', '--server-side', ...crds.flatMap((dir) => ['-f', dir]));
  await apply(await manifest('nodes.yaml'));
  log('installing istio');
  await kubectl('create', 'namespace', 'istio-system');
  const istio = await istioManifest();
  await until('istio to be applied', () => apply(istio).then(() => true));
  await rolledOut('istio-system', 'istiod');
  log('starting the shop');
  const shop = await manifest('shop.yaml');
  await until('the shop to be applied', () => apply(shop).then(() => true));
  await apply(await manifest('rbac.yaml'));
  await waitHealthy();
}
