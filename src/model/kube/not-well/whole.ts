// What befalls a pod as a whole: its deletion, its node, its end. Sentences: kubernetes pkg/kubelet/eviction/helpers.go,
// pkg/kubelet/active_deadline.go, pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/nodeshutdown.
import type { NodeHealth } from '../../../facts/kube/node-health.ts';
import type { Event } from '../../../facts/kube/events.ts';
import type { Deletion, Pod } from '../../../facts/kube/pod.ts';
import { stateText, type Container } from '../container.ts';
import { time } from '../read.ts';
import { brief } from '../brief.ts';
import type { Reason } from './reason.ts';

export function nodeTrouble(node: NodeHealth | undefined): readonly Reason[] {
  return node === undefined || node.ready === 'True'
    ? []
    : [{ is: 'node-down', node: node.name, said: brief(node.message) }];
}

/** The kubelet removes a pod some seconds after its grace period. */
const slackMs = 30_000;

export function overdue({ due }: Deletion, now: number): boolean {
  return now - (time(due) ?? now) > slackMs;
}

export function deletionTrouble(
  { deletion, containers }: Pod,
  events: readonly Event[],
  now: number,
): readonly Reason[] {
  if (!deletion) return [];
  const { due, finalizers } = deletion;
  if (!overdue(deletion, now)) return [{ is: 'being-deleted', due }];
  const hook = events.find(({ reason }) => reason === 'FailedPreStopHook');
  const kill = events.find(({ reason }) => reason === 'FailedKillPod');
  const alive = containers.filter(({ state }) => state.is === 'running').map(({ name }) => name);
  const holds = [
    ...(finalizers.length > 0 ? [`its finalizers are still there: ${finalizers.join(', ')}`] : []),
    ...[hook, kill].flatMap((one) => (one ? [`${one.reason}: ${brief(one.message)}`] : [])),
    ...(alive.length > 0 ? [`still running: ${alive.join(', ')}`] : []),
  ];
  return [{ is: 'stuck-deleting', due, holds: holds.join('; ') || 'its status does not say why' }];
}

/** A pod that is over, and did not succeed. */
export function failedTrouble({
  phase,
  reason,
  message,
  node = 'its node',
  containers,
}: Pod): readonly Reason[] {
  if (phase !== 'Failed') return [];
  const said = brief(message ?? reason ?? '');
  if (reason === 'Evicted') {
    const memory = /low on resource: memory/.test(message ?? '');
    return [{ is: memory ? 'evicted-for-memory' : 'evicted', node, said }];
  }
  if (reason === 'DeadlineExceeded') return [{ is: 'deadline-exceeded', said }];
  if (reason === 'NodeLost') return [{ is: 'node-down', node, said }];
  if (reason !== undefined && containers.every(({ state }) => state.is !== 'terminated'))
    return [{ is: 'refused-by-node', node, said: `${reason}: ${said}` }];
  const ended = containers.some(({ state }) => state.is === 'terminated' && state.exitCode !== 0);
  return ended ? [] : [{ is: 'failed', said: said === '' ? 'its status does not say why' : said }];
}

/** Unlike a proxy beside a service, one in a Job is in the way: a Job waits for all its containers (KEP-753). */
export function keptByASidecar(
  { workload, containers, phase }: Pod,
  proxies: readonly string[],
): readonly Reason[] {
  if (workload?.kind !== 'Job' || phase !== 'Running') return [];
  const main = containers.filter(({ role }) => role === 'main');
  const left = main.filter(({ state }) => state.is === 'running');
  const done = main.filter(({ state }) => state.is === 'terminated' && state.exitCode === 0);
  const [last] = left;
  if (!last || left.length + done.length !== main.length || done.length === 0) return [];
  return left.length === 1 && proxies.includes(last.name)
    ? [
        {
          is: 'sidecar-keeps-job',
          container: last.name,
          done: done.map(({ name }) => name).join(', '),
        },
      ]
    : [];
}

/** Nothing failed, and it is not there yet. */
export function unexplained(pod: Pod): readonly Reason[] {
  const { containers, phase, ready, openGates } = pod;
  const waits = waitsFor(pod);
  if (waits !== undefined) return [{ is: 'starting', waits }];
  const off = containers.filter((one) => one.role !== 'init' && !one.ready);
  if (off.length === 0 && openGates.length > 0)
    return [{ is: 'gate-open', gates: openGates.join(', ') }];
  if (ready && phase === 'Running' && off.length === 0) return [];
  const seen =
    off.length === 0 ? `its phase is ${phase}, and all its containers are ready` : named(off);
  return [{ is: 'not-ready', seen }];
}

function waitsFor({ containers, phase }: Pod): string | undefined {
  const init = containers.find(({ role, state }) => role === 'init' && state.is === 'running');
  if (init) return `init container ${init.name} is still running`;
  if (phase !== 'Pending') return undefined;
  // The next container starts once a native sidecar has started (KEP-753).
  const proxy = containers.find((one) => one.role === 'sidecar' && isUp(one) && !one.ready);
  if (proxy) return `native sidecar ${proxy.name} runs and is not ready, and the next wait for it`;
  const waiting = containers.filter(
    ({ state }) => state.is !== 'running' && state.is !== 'terminated',
  );
  return waiting.length === 0 ? undefined : named(waiting);
}

function isUp({ state }: Container): boolean {
  return state.is === 'running';
}

function named(all: readonly Container[]): string {
  return all.map(({ name, state }) => `${name} (${stateText(state)})`).join(', ');
}
