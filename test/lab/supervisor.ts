/**
 * The lab's one long-lived process, first in a PID namespace of its own: whatever ends it, the
 * kernel ends everything it started. It runs the control plane and plays kubelet and kube-proxy
 * for the pods labelled as real.
 */
import { Api } from './api.ts';
import { startApi, startControllers } from './control-plane.ts';
import { kubeletPath, writeExecCommands } from './kubelet-objects.ts';
import { serveMetrics } from './metrics.ts';
import { REAL_SELECTOR } from './paths.ts';
import type { Pod } from './pod-types.ts';
import { RealPod } from './pod.ts';
import { applyRules, rulesOf, writeHosts, type Service, type Slice } from './services.ts';

const log = (line: string): void =>
  void process.stderr.write(`${new Date().toISOString()} ${line}\n`);

const running = new Map<string, RealPod>();
const stopping = new Map<string, Promise<void>>();
const applied = new Map<string, string>();
let services: Service[] = [];
let slices: Slice[] = [];
let syncing: NodeJS.Timeout | undefined;

/** Only namespaces that run something need addresses that work: thousands of others do not. */
async function syncServices(): Promise<void> {
  syncing = undefined;
  const pods = [...running.values()];
  const namespaces = new Set(['istio-system', ...pods.map(({ pod }) => pod.metadata.namespace)]);
  const wanted = services.filter(({ metadata }) => namespaces.has(metadata.namespace));
  for (const namespace of namespaces) await writeHosts(namespace, wanted, slices);
  const rules = rulesOf(wanted, slices);
  for (const { netns, networked } of pods) {
    if (!networked || applied.get(netns) === rules) continue;
    await applyRules(netns, rules);
    applied.set(netns, rules);
  }
}

const syncSoon = (): void => {
  syncing ??= setTimeout(
    () => void syncServices().catch((error: unknown) => log(String(error))),
    150,
  );
};

async function startPod(api: Api, key: string, pod: Pod): Promise<void> {
  log(`start ${key} ${pod.status?.podIP}`);
  const real = new RealPod(api, pod, () => {
    applied.delete(real.netns);
    syncSoon();
  });
  // Before anything is awaited: the next event of this pod must find it here.
  running.set(key, real);
  await writeHosts(pod.metadata.namespace, services.filter(sameSide(pod)));
  await stopping.get(key);
  await real.start();
}

const sameSide =
  (pod: Pod) =>
  ({ metadata: { namespace } }: Service): boolean =>
    namespace === 'istio-system' || namespace === pod.metadata.namespace;

function stopPod(key: string, real: RealPod): void {
  log(`stop ${key}`);
  running.delete(key);
  applied.delete(real.netns);
  const stopped = real.stop().catch((error: unknown) => log(`${key}: ${String(error)}`));
  stopping.set(key, stopped);
}

function reconcile(api: Api, all: Map<string, Pod>): void {
  for (const [key, real] of running) {
    if (all.get(key)?.metadata.uid !== real.pod.metadata.uid) stopPod(key, real);
  }
  for (const [key, pod] of all) {
    if (running.has(key) || !pod.status?.podIP || pod.metadata.deletionTimestamp) continue;
    startPod(api, key, pod).catch((error: unknown) => log(`${key}: ${String(error)}`));
  }
}

async function main(): Promise<void> {
  const fatal = (name: string): never => {
    log(`${name} ended: see its log`);
    process.exit(1);
  };
  const api = await Api.as('lab-pods');
  await writeExecCommands();
  await startApi(api.ready, fatal);
  // kwok refuses to start without its own resource definitions.
  await api.get('/apis').then(() => waitForKwokTypes(api));
  startControllers(kubeletPath, fatal);
  await serveMetrics(() => [...running.values()]).catch((error: unknown) => log(String(error)));
  void api.watch<Service>('/api/v1/services', '', (all) => {
    services = [...all.values()];
    syncSoon();
  });
  void api.watch<Slice>('/apis/discovery.k8s.io/v1/endpointslices', '', (all) => {
    slices = [...all.values()];
    syncSoon();
  });
  const query = `labelSelector=${encodeURIComponent(REAL_SELECTOR)}`;
  await api.watch<Pod>('/api/v1/pods', query, (all) => reconcile(api, all));
}

async function waitForKwokTypes(api: Api): Promise<void> {
  while (!(await api.ready('/apis/kwok.x-k8s.io/v1alpha1/logs'))) {
    await new Promise((done) => setTimeout(done, 200));
  }
}

process.on('uncaughtException', (error) => log(String(error.stack)));
process.on('unhandledRejection', (error) => log(String(error)));
log(`supervisor ${process.pid}`);
await main();
