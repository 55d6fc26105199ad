import { getJson } from './cluster.ts';
import { podNetns } from './paths.ts';
import { inNetns, run, until } from './sh.ts';

type TypeStatus = { sent?: string; acked?: string; lastError?: string };
type Syncz = { proxy: string; resources?: Record<string, TypeStatus> };

type Istiods = { items: { metadata: { name: string }; status: { phase: string } }[] };

/**
 * `/debug/syncz` of every istiod of a revision, by pod, asked on its own loopback. (`istioctl x
 * internal-debug syncz --all` keys all answers alike here, so a second istiod hides the first.)
 */
export async function syncz(revision = 'default'): Promise<Record<string, Syncz[]>> {
  const selector = `app=istiod,istio.io/rev=${revision}`;
  const { items } = await getJson<Istiods>('-n', 'istio-system', 'pods', '-l', selector);
  const all: Record<string, Syncz[]> = {};
  for (const { metadata } of items) {
    const netns = podNetns('istio-system', metadata.name);
    const url = 'http://127.0.0.1:15014/debug/syncz';
    const answer = await run(inNetns(netns, ['curl', '-sf', '-m', '3', url]));
    if (answer.code === 0) all[metadata.name] = JSON.parse(answer.stdout) as Syncz[];
  }
  return all;
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
export async function proxyStates(
  proxy: string,
  revision = 'default',
): Promise<Record<string, string>[]> {
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
  const deployments = await Promise.all(
    namespaces.map((name) => getJson<{ items: Deployment[] }>('-n', name, 'deployments')),
  );
  const all = deployments.flatMap(({ items }) => items);
  const waiting = all.filter((each) => !settled(each)).map((each) => each.metadata.name);
  if (waiting.length > 0) throw new Error(`not settled: ${waiting.join(' ')}`);
  const proxies = await getJson<PodList>('-n', 'shop', 'pods');
  const names = proxies.items.map(({ metadata }) => `${metadata.name}.shop`);
  const listed = Object.values(await syncz()).flat();
  for (const name of names) {
    const states = listed.filter(({ proxy }) => proxy === name).map(statesOf);
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
