import { getJson, istioctl } from './cluster.ts';
import { until } from './sh.ts';

type TypeStatus = { sent?: string; acked?: string; lastError?: string };
type Syncz = { proxy: string; resources?: Record<string, TypeStatus> };

/** `/debug/syncz` of every istiod that serves, by pod. Revision '' is the default one. */
export async function syncz(revision = ''): Promise<Record<string, Syncz[]>> {
  const flags = revision ? ['--revision', revision] : [];
  const text = await istioctl('x', 'internal-debug', 'syncz', '--all', ...flags);
  return JSON.parse(text) as Record<string, Syncz[]>;
}

/** The state of a proxy towards one istiod, type by type, in istioctl's words. */
export function statesOf(proxy: Syncz): Record<string, string> {
  return Object.fromEntries(
    Object.entries(proxy.resources ?? {}).map(([type, { sent, acked, lastError }]) => [
      type.split('.').at(-1) ?? type,
      lastError ? 'ERROR' : sent === acked ? 'SYNCED' : 'STALE',
    ]),
  );
}

/** Every state of one proxy, one entry for each istiod that lists it. */
export async function proxyStates(proxy: string, revision = ''): Promise<Record<string, string>[]> {
  const all = Object.values(await syncz(revision)).flat();
  return all.filter((each) => each.proxy === proxy).map(statesOf);
}

type Deployment = {
  metadata: { name: string; generation: number };
  spec: { replicas: number };
  status: { observedGeneration?: number; readyReplicas?: number; replicas?: number };
};
type PodList = { items: { metadata: { name: string; labels: Record<string, string> } }[] };

const settled = ({ metadata, spec, status }: Deployment): boolean =>
  status.observedGeneration === metadata.generation &&
  (status.replicas ?? 0) === spec.replicas &&
  (status.readyReplicas ?? 0) === spec.replicas;

async function healthy(namespaces: string[]): Promise<boolean> {
  for (const namespace of namespaces) {
    const { items } = await getJson<{ items: Deployment[] }>('-n', namespace, 'deployments');
    const waiting = items.filter((each) => !settled(each)).map((each) => each.metadata.name);
    if (waiting.length > 0) throw new Error(`not settled: ${waiting.join(' ')}`);
  }
  const proxies = await getJson<PodList>('-n', 'shop', 'pods');
  const names = proxies.items.map(({ metadata }) => `${metadata.name}.shop`);
  for (const name of names) {
    const states = await proxyStates(name);
    const synced = states.length === 1 && Object.values(states[0] ?? {}).every(isSynced);
    if (!synced) throw new Error(`${name}: ${JSON.stringify(states)}`);
  }
  return names.length >= 2;
}

const isSynced = (state: string): boolean => state === 'SYNCED';

/** Waits until istiod and the shop are as `up` leaves them. */
export async function waitHealthy(timeoutMs = 120_000): Promise<void> {
  await until('a healthy mesh', () => healthy(['istio-system', 'shop']), timeoutMs, 500);
}
