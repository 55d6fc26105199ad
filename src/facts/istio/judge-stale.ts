// Readings that `stale` makes of its facts: pure, and tested on their own.
import { age, listed } from '../../core/text.ts';
import type { WorkloadName } from '../../core/fix.ts';
import type { Pod } from '../kube/pod.ts';
import { stateText } from '../kube/pod.ts';
import type { Envoy } from './envoy.ts';
import type { ControlPlane, Istiod } from './istiods.ts';
import { proxyOf, type MeshRole } from './mesh-pod.ts';
import { settleMs, staleTypes } from './proxy-sync-samples.ts';
import type { Stream, SyncView } from './proxy-sync.ts';
import type { TypeSync } from './syncz.ts';

/** A container that ought to run and does not, as a phrase. */
export function downState(role: MeshRole): string | undefined {
  const proxy = proxyOf(role);
  if (!proxy) return undefined;
  const { state, last } = proxy;
  if (state.is === 'terminated') return stateText(state);
  if (state.is !== 'waiting' || state.reason === 'PodInitializing') return undefined;
  const before = last.is === 'terminated' ? `, last ended: ${stateText(last)}` : '';
  return `${stateText(state)}${before}, ${proxy.restarts} restarts`;
}

/** The application container that does not stay up. */
export function crashing(pod: Pod): { name: string; state: string } | undefined {
  const found = pod.containers.find(
    (c) => c.role === 'main' && c.state.is === 'waiting' && c.state.reason === 'CrashLoopBackOff',
  );
  if (!found) return undefined;
  const last = found.last.is === 'terminated' ? `, last ended: ${stateText(found.last)}` : '';
  return {
    name: found.name,
    state: `${stateText(found.state)}${last}, ${found.restarts} restarts`,
  };
}

/** Why a pod has not started, when it has not. */
export function pendingReason(pod: Pod): string | undefined {
  if (pod.phase !== 'Pending') return undefined;
  if (pod.unscheduled !== undefined) return `it is not scheduled: ${sentence(pod.unscheduled)}`;
  const stuck = pod.containers.find(
    (c) => c.state.is === 'waiting' && !startingUp.has(c.state.reason),
  );
  if (stuck) return sentence(`container ${stuck.name} is ${stateText(stuck.state)}`);
  const init = pod.containers.find((c) => c.role === 'init' && c.state.is === 'running');
  return init
    ? sentence(`its init container ${init.name} still runs`)
    : 'its containers are being made.';
}

const startingUp = new Set(['PodInitializing', 'ContainerCreating']);

export function sentence(text: string): string {
  const clean = text.trim();
  return /[.!?]$/.test(clean) ? clean : `${clean}.`;
}

/** Deployments or pods of the control plane that explain why nobody is served. */
export type Outage =
  | { readonly is: 'scaled-to-zero'; readonly deployment: string }
  | { readonly is: 'down'; readonly istiod: Istiod; readonly reason: string }
  | { readonly is: 'none-found' };

/** `undefined`: at least one istiod serves. */
export function outage(plane: ControlPlane): Outage | undefined {
  if (plane.istiods.some((i) => i.ready)) return undefined;
  const [first] = plane.istiods;
  if (first)
    return {
      is: 'down',
      istiod: first,
      reason: `${first.pod.ref.name}: ${first.trouble ?? 'not ready'}`,
    };
  const zero = plane.deployments.find((d) => d.wanted === 0);
  if (zero) return { is: 'scaled-to-zero', deployment: zero.name };
  return { is: 'none-found' };
}

export function deploymentOf(istiod: Istiod): string {
  return istiod.pod.workload?.name ?? 'istiod';
}

/** Types that are STALE beyond what a push takes; the samples have made sure of it. */
export function confirmedStale(view: SyncView): readonly TypeSync[] {
  const stream = view.streams[0];
  if (!stream) return [];
  return staleTypes(stream.sync).filter(
    (t) => t.sentAt === undefined || view.at - t.sentAt >= settleMs,
  );
}

/** "CDS and LDS, sent 7m19s ago" */
export function staleText(types: readonly TypeSync[], now: number): string {
  const names = listed(types.map((t) => t.type));
  const since = firstSent(types);
  return since === undefined ? names : `${names}, sent ${age(now - since)} ago`;
}

export function sinceText(ms: number | undefined, now: number): string {
  return ms === undefined
    ? ''
    : `${new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')} (${age(now - ms)})`;
}

export function firstSent(types: readonly TypeSync[]): number | undefined {
  const times = types.map((t) => t.sentAt).filter((t) => t !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** "9 of 212 proxies reject CDS for the same reason" */
export function rejectionReach(view: SyncView, type: TypeSync): string {
  const same = view.proxies.filter((p) =>
    p.types.some(
      (t) => t.type === type.type && t.error !== undefined && alike(t.error, type.error),
    ),
  ).length;
  return `${same} of ${view.proxies.length} proxies reject it`;
}

/** Envoy lists the listeners first, and those differ from pod to pod; the reason behind them does not. */
function alike(a: string, b: string | undefined): boolean {
  const reason = (text: string) => text.replace(/\(s\) \S+:/g, ':');
  return b !== undefined && reason(a) === reason(b);
}

/** The first line of a refusal, without the trailing blanks and lists Envoy adds. */
export function reasonText(error: string): string {
  const line = error.trim().split('\n')[0] ?? '';
  return sentence(line.length > 300 ? `${line.slice(0, 300)}...` : line);
}

/** Envoy's last accepted update is older than what istiod sent: the push never got there. */
export function neverArrived(
  types: readonly TypeSync[],
  envoy: Extract<Envoy, { is: 'up' }>,
): boolean {
  return types.some((t) => {
    const applied = t.type === 'CDS' || t.type === 'LDS' ? envoy.updatedAt[t.type] : undefined;
    return t.sentAt !== undefined && applied !== undefined && applied < t.sentAt;
  });
}

/** Streams other than the one that counts. */
export function leftovers(view: SyncView): readonly Stream[] {
  return view.streams.slice(1);
}

export function workloadOf(pod: Pod): WorkloadName {
  return pod.workload ?? { kind: 'Pod', name: pod.ref.name, namespace: pod.ref.namespace };
}

/** From the proxy's own arguments: `--domain $(POD_NAMESPACE).svc.cluster.local`. */
export function clusterDomain(role: MeshRole): string {
  const args = proxyOf(role)?.args ?? [];
  const domain = args[args.indexOf('--domain') + 1] ?? '';
  return /\.svc\.(.+)$/.exec(domain)?.[1] ?? 'cluster.local';
}

export type { Envoy, SyncView, TypeSync };
