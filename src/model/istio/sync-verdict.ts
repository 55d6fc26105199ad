// What `stale` reads out of its facts: pure functions.
import { age, listed } from '../../core/text.ts';
import type { Container } from '../kube/container.ts';
import type { Pod } from '../../facts/kube/pod.ts';
import { stateText } from '../kube/container.ts';
import type { Envoy } from '../../facts/istio/envoy.ts';
import type { Changed } from '../kube/origin.ts';
import { proxyName, proxyOf, type MeshRole } from './mesh-pod.ts';
import type { ProxyLog } from '../../facts/istio/proxy-log.ts';
import type { Stream, SyncView } from '../../facts/istio/sync-view.ts';
import { settleMs, shortType, staleTypes, type TypeSync } from './syncz.ts';

/** The state of a proxy that does not run, as a phrase. */
export function downState(role: MeshRole): string | undefined {
  const proxy = proxyOf(role);
  if (!proxy) return undefined;
  const { state, last } = proxy;
  if (state.is === 'terminated') return stateText(state);
  if (state.is !== 'waiting' || state.reason === 'PodInitializing') return undefined;
  const before = last.is === 'terminated' ? `, last exit: ${stateText(last)}` : '';
  return `${stateText(state)}${before}, ${proxy.restarts} restarts`;
}

/** As the kubelet reports it; runbook oom knows the other forms. */
export function ranOutOfMemory({ state, last }: Container): boolean {
  return [state, last].some((s) => s.is === 'terminated' && s.reason === 'OOMKilled');
}

/** A container in a crash loop, beside a proxy that runs: the application, or an init container of it. */
export function crashing(pod: Pod): { name: string; state: string } | undefined {
  const found = pod.containers.find(
    (c) =>
      c.name !== proxyName && c.state.is === 'waiting' && c.state.reason === 'CrashLoopBackOff',
  );
  if (!found) return undefined;
  const last = found.last.is === 'terminated' ? `, last exit: ${stateText(found.last)}` : '';
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
    ? sentence(`its init container ${init.name} is still running`)
    : 'its containers are being created.';
}

const startingUp = new Set(['PodInitializing', 'ContainerCreating']);

export function sentence(text: string): string {
  const clean = text.trim();
  return /[.!?]$/.test(clean) ? clean : `${clean}.`;
}

/** Types that are STALE for longer than a push takes. */
export function confirmedStale(view: SyncView): readonly TypeSync[] {
  const stream = view.streams[0];
  if (!stream) return [];
  return staleTypes(stream.sync).filter(
    (t) => t.sentAt === undefined || view.at - t.sentAt >= settleMs,
  );
}

/** What every Envoy needs and istiod has not sent it: not asked for yet, or held back. */
export function notReceived({ sync }: Stream): readonly string[] {
  return ['CDS', 'LDS'].filter(
    (type) => !sync.types.some((t) => t.type === type && t.state !== 'NOT SENT'),
  );
}

/** "CDS and LDS, sent 7m19s ago" */
export function staleText(types: readonly TypeSync[], now: number): string {
  const names = listed(types.map((t) => t.type));
  const since = firstSent(types);
  return since === undefined ? names : `${names}, sent ${age(now - since)} ago`;
}

export function sinceText(ms: number | undefined, now: number): string | undefined {
  return ms === undefined
    ? undefined
    : `${new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')} (${age(now - ms)} ago)`;
}

export function changeText({ at, by, generation }: Changed, what: string): string {
  if (by !== undefined) return `${at}, when ${by} last changed ${what} (generation ${generation})`;
  const later = generation > 1 ? `; when it last changed is not recorded` : '';
  return `${at}, when ${what} was created${later} (generation ${generation})`;
}

export function firstSent(types: readonly TypeSync[]): number | undefined {
  const times = types.map((t) => t.sentAt).filter((t) => t !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** "9 of 212 proxies reject it": those that reject the same type for the same reason. */
export function rejectionReach(view: SyncView, type: TypeSync): string | undefined {
  // Without a reason, it is unknown which proxies reject it for the same one.
  const { error } = type;
  if (error === undefined) return undefined;
  const same = view.proxies.filter((p) =>
    p.types.some((t) => t.type === type.type && t.error !== undefined && alike(t.error, error)),
  ).length;
  return `${same} of ${view.proxies.length} proxies reject it`;
}

/**
 * One reason in both is enough. Envoy gives a line to each listener or cluster that it refuses, its name first
 * (source/common/listener_manager/lds_api.cc), and which ones there are differs from pod to pod.
 */
function alike(a: string, b: string): boolean {
  const own = new Set(reasonsIn(a));
  return reasonsIn(b).some((reason) => own.has(reason));
}

function reasonsIn(error: string): readonly string[] {
  return error
    .replace(/^Error adding\/updating \w+\(s\) /, '')
    .split('\n')
    .map((line) => line.replace(/^\S+: /, '').trim())
    .filter((line) => line !== '');
}

/** The first line of Envoy's reason, without the list of names before it. */
export function reasonText(error: string): string {
  const line = (error.trim().split('\n')[0] ?? '').replace(namesFirst, '');
  return sentence(line.length > 300 ? `${line.slice(0, 300)}...` : line);
}

const namesFirst = /^Error adding\/updating \w+\(s\) \S+: /;

const configs: Readonly<Record<string, string>> = {
  CDS: 'cluster',
  LDS: 'listener',
  RDS: 'route',
  ECDS: 'extension config',
};

/** What an update of one xDS type holds. */
export function configOf(type: string): string {
  return configs[type] ?? type;
}

/** Envoy's last accepted update is older than what istiod sent, so the push never arrived. */
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

/** From the proxy's own arguments: `--domain $(POD_NAMESPACE).svc.cluster.local`. */
export function clusterDomain(role: MeshRole): string {
  const args = proxyOf(role)?.args ?? [];
  const domain = args[args.indexOf('--domain') + 1] ?? '';
  return /\.svc\.(.+)$/.exec(domain)?.[1] ?? 'cluster.local';
}

/** Config of one type that Envoy rejects, and who says so. */
export type Refusal = {
  readonly type: string;
  readonly error: string;
  readonly by: 'sync' | 'envoy' | 'log';
  readonly sync?: TypeSync;
};

/** From istiod, which knows every type; if it could not be asked, from Envoy; if neither could, from the log. */
export function refusalsOf(
  sync: SyncView | undefined,
  own: Envoy | undefined,
  log: ProxyLog | undefined,
): readonly Refusal[] {
  const stream = sync?.streams[0];
  const [standing] = own?.is === 'up' ? own.refusals : [];
  if (stream) {
    return stream.sync.types
      .filter((t) => t.state === 'ERROR')
      .map((t) => ({
        type: t.type,
        error: t.error ?? standing?.error ?? unstated,
        by: 'sync',
        sync: t,
      }));
  }
  if (standing) return [{ type: standing.type, error: standing.error, by: 'envoy' }];
  if (own?.is === 'up') return [];
  const said = log?.rejections.at(-1);
  const [, typeUrl, error] = /config for (\S+) rejected: (.*)$/s.exec(said?.text ?? '') ?? [];
  return typeUrl === undefined || error === undefined
    ? []
    : [{ type: shortType(typeUrl), error, by: 'log' }];
}

/** Envoy does not know a type or a name of what it was sent (envoy source/common/config/utility.h, filter_state factories). */
export function isUnknownToEnvoy(error: string): boolean {
  return /does not have an object factory|Didn't find a registered implementation/.test(error);
}

const unstated = 'see "ACK ERROR" in the log of istiod for the reason';

/** Proxies of other clusters are connected, so a Service that is missing here may exist there. */
export function isMultiCluster(view: SyncView | undefined): boolean {
  return new Set(view?.proxies.map((p) => p.cluster)).size > 1;
}
