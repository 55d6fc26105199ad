// A container that ran and ended: by itself, by the kernel, or by the kubelet. Sentences: kubernetes
// pkg/kubelet/kuberuntime/kuberuntime_manager.go (probes), pkg/kubelet/prober/prober.go.
import type { Event } from '../../../facts/kube/events.ts';
import { stateText, type Container, type Terminated } from '../container.ts';
import { time } from '../read.ts';
import { isOtherArchitecture } from './create.ts';
import { brief, untimed } from '../brief.ts';
import type { InContainer } from './reason.ts';

/** What else is known of one container. */
export type Beside = {
  readonly events: readonly Event[];
  /** The line of its log that says why it ended. */
  readonly words: string | undefined;
  /** It is redirected to a proxy that starts only after it. */
  readonly cutOff: boolean;
  readonly restartPolicy: string;
  readonly now: number;
};

export function endTrouble(container: Container, beside: Beside): InContainer | undefined {
  const end = endOf(container, beside.now);
  if (!end) return undefined;
  const { name } = container;
  const words = untimed(beside.words ?? end.message);
  const about = { container: name, state: endText(container, end), said: brief(words) };
  if (end.reason === 'OOMKilled')
    return { is: 'out-of-memory', container: name, state: about.state };
  if (isOtherArchitecture(words)) return { is: 'wrong-architecture', ...about };
  const probe = killingProbe(name, end, beside.events);
  if (probe) return { is: 'killed-by-probe', ...about, ...probe };
  if (end.exitCode === 0)
    return container.role === 'init' || beside.restartPolicy !== 'Always'
      ? undefined
      : { is: 'exits-at-once', container: name, state: about.state };
  if (container.role !== 'init')
    return { is: beside.restartPolicy === 'Never' ? 'has-failed' : 'crashes', ...about };
  const cut = beside.cutOff && wantsNetwork.test(words);
  return { is: cut ? 'init-needs-network' : 'init-fails', ...about };
}

/** What programs say of a connection that leads nowhere: Go's net, libc, curl, Java, Node, psql. */
const wantsNetwork =
  /connection refused|connection reset|no such host|could(?:n't| not) (?:resolve|connect)|bad address|failed to connect|can't connect|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|i\/o timeout|timed? ?out|name resolution|network is unreachable|no route to host|dial tcp/i;

/** How long it may run between two crashes: the longest back-off resets after this (pkg/kubelet, MaxContainerBackOff). */
const settledMs = 600_000;

/** How it ended, where that is why it is not well now. */
function endOf({ state, last, ready }: Container, now: number): Terminated | undefined {
  if (state.is === 'terminated') return state;
  if (last.is !== 'terminated') return undefined;
  if (state.is === 'waiting') return last;
  if (state.is !== 'running' || ready || last.exitCode === 0) return undefined;
  const since = time(state.since);
  return since !== undefined && now - since < settledMs ? last : undefined;
}

function endText({ state, restarts }: Container, end: Terminated): string {
  const often = restarts === 0 ? '' : `, ${restarts === 1 ? '1 restart' : `${restarts} restarts`}`;
  return state.is === 'terminated'
    ? `${stateText(end)}${often}`
    : `${stateText(state)}, last exit: ${stateText(end)}${often}`;
}

/** The kubelet kills, then the container ends: not longer apart than a grace period. */
const graceMs = 120_000;

function killingProbe(
  container: string,
  end: Terminated,
  events: readonly Event[],
): { readonly probe: string; readonly said: string } | undefined {
  const kill = events.find(({ reason, message, last }) => {
    const [, of] = /^Container (\S+) failed (?:liveness|startup) probe/.exec(message) ?? [];
    const [at, ended] = [time(last), time(end.at)];
    const near = at === undefined || ended === undefined || Math.abs(at - ended) < graceMs;
    return reason === 'Killing' && of === container && near;
  });
  const [, probe] = /failed (liveness|startup) probe/.exec(kill?.message ?? '') ?? [];
  if (probe === undefined) return undefined;
  const failed = events.find((one) => isFailure(one, container, probe));
  return { probe, said: brief(bare(failed?.message ?? kill?.message ?? '')) };
}

function isFailure({ reason, message, container: of }: Event, container: string, probe: string) {
  return (
    reason === 'Unhealthy' &&
    message.toLowerCase().startsWith(`${probe} probe `) &&
    (of === undefined || of === container)
  );
}

/** Which probe it was is said already. */
function bare(message: string): string {
  return message.replace(/^\w+ probe (?:failed|errored)(?: and resulted in \w+ state)?: /, '');
}

/** A container that runs, and whose probe fails. */
export function probeTrouble(
  { name, state, ready, probes, role }: Container,
  { events }: Pick<Beside, 'events'>,
): InContainer | undefined {
  if (state.is !== 'running' || ready || role === 'init') return undefined;
  for (const { is, does } of probes) {
    const failed = events.find((one) => isFailure(one, name, is));
    if (!failed) continue;
    const said = brief(bare(failed.message));
    return {
      is: 'probe-fails',
      container: name,
      state: stateText(state),
      said,
      probe: `${is} probe (${does})`,
    };
  }
  return undefined;
}
