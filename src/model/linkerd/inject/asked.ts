// Whether the injector was called for a pod when it was created: either way it writes an event on the owner of the pod
// (linkerd2 controller/proxy-injector/webhook.go eventTypeInjected, eventTypeSkipped).
import type { WorkloadName } from '../../../core/fix.ts';
import type { Event } from '../../../facts/kube/events.ts';
import { time } from '../../kube/read.ts';

export type AskedThen =
  /** It was, and skipped the pod: in its own words. */
  | { readonly is: 'skipped'; readonly why: string; readonly at: number }
  | { readonly is: 'injected'; readonly at: number }
  /** The event would still be there, but there is none. */
  | { readonly is: 'never' }
  | { readonly is: 'not-known' };

/** Events are kept for an hour (kube-apiserver --event-ttl); a little less here, because clocks differ and lists take time. */
const keptMs = 55 * 60_000;
/** Times of events and pods are whole seconds, and the event is written while the pod is still being created. */
const slackMs = 5000;
/** An event that is later than this is about another pod of the same owner. */
const sameMs = 60_000;

export function askedThen(
  all: readonly Event[] | undefined,
  maker: Pick<WorkloadName, 'kind' | 'name'>,
  created: number | undefined,
  now: number,
): AskedThen {
  // A pod without an owner gets no event.
  if (all === undefined || created === undefined || maker.kind === 'Pod')
    return { is: 'not-known' };
  const since = all
    .filter((event) => isAbout(event, maker))
    .map((event) => ({ ...event, at: time(event.last) }))
    .filter((event): event is typeof event & { at: number } => (event.at ?? 0) >= created - slackMs)
    .toSorted((a, b) => a.at - b.at);
  const [first] = since;
  if (!first) return now - created < keptMs ? { is: 'never' } : { is: 'not-known' };
  if (first.at > created + sameMs) return { is: 'not-known' };
  if (first.reason !== 'InjectionSkipped') return { is: 'injected', at: first.at };
  const why = first.message.replace(/^Linkerd sidecar proxy injection skipped: /, '');
  return { is: 'skipped', why, at: first.at };
}

/** Events of a CronJob are about it or about its Jobs, depending on what the injector could look up. */
function isAbout(
  { kind, object }: Event,
  { kind: makes, name }: Pick<WorkloadName, 'kind' | 'name'>,
): boolean {
  if (kind === makes) return object === name;
  const between: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' };
  return kind === between[makes] && object.replace(/-[a-z0-9]+$/, '') === name;
}
