// Everything that the judges of `linkerd-injection` read, from the answers of earlier checks.
import { valueOf, type Answer, type Answers } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import { subjectsOf } from '../../../src/model/linkerd/inject/subject.ts';
import * as admission from '../../shared/admission/view.ts';
import type { backends } from './checks/backends.ts';
import type { cluster } from './checks/cluster.ts';
import { hereOf } from './here.ts';

/** Events about the pods, from their owners and from the injector. */
type Said = {
  readonly refusals: Answer<readonly Event[]>;
  readonly events: Answer<readonly Event[]>;
};
/** The answers of earlier checks; one that was skipped is absent. */
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
    /** Events of the injector; undefined when they could not be read. */
    events: valueOf(said?.events),
    plane,
    /** What is behind the Services that webhooks call. */
    services: services.flatMap((answer) => valueOf(answer) ?? []),
    /** Certificates of an injector that is ready; read only where a pod has no proxy. */
    served: valueOf(served),
    /** NetworkPolicies that close the port to the API server. */
    shut: valueOf(shut) ?? [],
  };
}
