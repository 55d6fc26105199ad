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
export async function rolledOut(
  namespace: string,
  deployment: string,
  timeout = '180s',
): Promise<void> {
  const status = ['rollout', 'status', `deployment/${deployment}`, `--timeout=${timeout}`];
  await kubectl('-n', namespace, ...status);
}

/** A young API server still refuses some things: types just made, webhooks not yet served. */
async function persist(what: string, work: () => Promise<unknown>): Promise<void> {
  await until(`${what} to be applied`, () => work().then(() => true));
}

async function applyFile(name: string): Promise<void> {
  const yaml = await manifest(name);
  await persist(name, () => apply(yaml));
}

/** Fills the empty cluster: resource types, nodes, Istio, the shop, users' rights. */
export async function install(): Promise<void> {
  log('waiting for the API server');
  await until('the API server', () => kubectl('get', '--raw', '/readyz'));
  const crds = [join(built.kwok, 'crds'), built.gatewayApi];
  const files = crds.flatMap((dir) => ['-f', dir]);
  await persist('the resource types', () => kubectl('apply', '--server-side', ...files));
  await applyFile('nodes.yaml');
  log('installing istio');
  await kubectl('create', 'namespace', 'istio-system');
  const istio = await istioManifest();
  await persist('istio', () => apply(istio));
  await rolledOut('istio-system', 'istiod');
  log('starting the shop');
  await applyFile('shop.yaml');
  await applyFile('rbac.yaml');
  await waitHealthy();
}
