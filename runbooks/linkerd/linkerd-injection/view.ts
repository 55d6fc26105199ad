// Everything the judges of `linkerd-injection` read, put together from the answers of earlier checks.
import { valueOf, type Answer, type Answers } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import { subjectsOf } from '../../../src/model/linkerd/inject/subject.ts';
import * as admission from '../../shared/admission/view.ts';
import type { backends } from './checks/backends.ts';
import type { cluster } from './checks/cluster.ts';
import { hereOf } from './here.ts';

/** What was said about the pods, by who makes them and by the injector. */
type Said = {
  readonly refusals: Answer<readonly Event[]>;
  readonly events: Answer<readonly Event[]>;
};
/** What earlier checks came to; one that was skipped is absent. */
export type Earlier = Partial<Answers<typeof cluster & { backends: typeof backends }>> & {
  readonly said?: Said;
};

export type View = NonNullable<ReturnType<typeof viewOf>>;

export function viewOf(seen: Earlier) {
  const here = hereOf(seen);
  const { plane, backends, said } = seen;
  if (!here) return undefined;
  const { services = [], served, shut } = backends ?? {};
  const [namespace, webhooks] = here.from;
  const behind = [...services, served, plane, said?.events, shut];
  const got = { namespace, webhooks, running: seen.pod, refusals: said?.refusals };
  return {
    ...here,
    ...admission.viewOf({ ...got, behind, needed: behind }, subjectsOf),
    /** What the injector said; undefined when that could not be asked. */
    events: valueOf(said?.events),
    plane,
    /** What is behind the Services that webhooks lead to. */
    services: services.flatMap((answer) => valueOf(answer) ?? []),
    /** Certificates; asked only where a pod has no proxy, of an injector that is ready. */
    served: valueOf(served),
    /** NetworkPolicies that do not let the API server in. */
    shut: valueOf(shut) ?? [],
  };
}
