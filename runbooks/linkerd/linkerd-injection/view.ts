// Everything the judges of `linkerd-injection` read, put together from the answers of earlier checks.
import { cite, valueOf, type Answer, type Answers, type Seen } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { BackendState } from '../../../src/facts/kube/webhook-backend.ts';
import type { LinkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import type { Certificate } from '../../../src/model/certificates/x509.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import { subjectsOf } from '../../../src/model/linkerd/inject/subject.ts';
import type { backends } from './checks/backends.ts';
import type { cluster } from './checks/cluster.ts';
import { hereOf, type Here } from './here.ts';

/** What was said about the pods, by who makes them and by the injector. */
type Said = {
  readonly refusals: Answer<readonly Event[]>;
  readonly events: Answer<readonly Event[]>;
};
/** What earlier checks came to; one that was skipped is absent. */
export type Earlier = Partial<Answers<typeof cluster & { backends: typeof backends }>> & {
  readonly said?: Said;
};

export type View = Omit<Here, 'from'> & {
  readonly from: readonly [Seen, ...Seen[]];
  /** Every workload of the namespace: how far an annotation reaches. */
  readonly everything: readonly Subject[];
  readonly refusals: readonly Event[];
  /** What the injector said; undefined when that could not be asked. */
  readonly events: readonly Event[] | undefined;
  /** Nothing that was asked is missing: what is said can be said for sure. */
  readonly sure: boolean;
  readonly plane: Answer<LinkerdControlPlane> | undefined;
  /** What is behind the Services that webhooks lead to. */
  readonly services: readonly BackendState[];
  /** Asked only where a pod has no proxy, of an injector that is ready. */
  readonly served: readonly Certificate[] | undefined;
  /** NetworkPolicies that let the API server not in. */
  readonly shut: readonly string[];
  /** `from`, with what answers the webhook. */
  readonly answering: readonly [Seen, ...Seen[]];
  /** `from`, with what was refused and what answers the webhook. */
  readonly refusing: readonly [Seen, ...Seen[]];
};

export function viewOf(seen: Earlier): View | undefined {
  const here = hereOf(seen);
  const { plane, backends, said } = seen;
  if (!here) return undefined;
  const all = seen.pod?.all;
  const served = backends?.served;
  const { refusals, events } = said ?? {};
  const one = seen.pod?.pod;
  const { services = [], shut } = backends ?? {};
  const [namespace, webhooks] = here.from;
  const from = cite(namespace, webhooks, one, all);
  const behind = [...services, served, plane, events, shut];
  const answering = cite(webhooks, ...behind);
  const listed = valueOf(all);
  const isAnswered = (answer: Answer<unknown> | undefined) => answer?.kind !== 'unknown';
  return {
    ...here,
    everything: listed ? subjectsOf(listed) : [],
    refusals: valueOf(refusals) ?? [],
    events: valueOf(events),
    sure: (listed?.unread ?? []).length === 0 && [one, all, refusals, ...behind].every(isAnswered),
    plane,
    services: services.flatMap((answer) => valueOf(answer) ?? []),
    served: valueOf(served),
    shut: valueOf(shut) ?? [],
    from,
    answering,
    refusing: cite(...from, refusals, ...answering),
  };
}
