// What is known of a case, from the answers that every mesh asks for.
import { cite, valueOf, type Answer, type Known } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import type { Workloads } from '../../../src/facts/kube/workloads.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { Running } from '../kube/subject.ts';
import type { View } from './mesh.ts';

type Some = readonly (Answer<unknown> | undefined)[];
type Got = {
  /** Without these two nothing can be said. */
  readonly namespace: Known<Namespace>;
  readonly webhooks: Known<unknown>;
  readonly running: Running | undefined;
  readonly refusals: Answer<readonly Event[]> | undefined;
  /** How the injector decides. */
  readonly config?: Some;
  /** What is behind the webhooks; and those parts of it that must be answered before a finding is sure. */
  readonly behind: Some;
  readonly needed: Some;
  /** The root that certificates are judged by, where it is not behind the webhooks. */
  readonly root?: Answer<unknown> | undefined;
};

export function viewOf(got: Got, subjectsOf: (all: Workloads) => readonly Subject[]): View {
  const { namespace, webhooks, refusals, config = [], behind, needed, root } = got;
  const { pod, all } = got.running ?? {};
  const listed = valueOf(all);
  const from = cite(namespace, webhooks, pod, all, ...config);
  const isWhole = [pod, all, refusals, ...config, ...needed].every((a) => a?.kind !== 'unknown');
  const sure = isWhole && (listed?.unread ?? []).length === 0;
  return {
    namespace: namespace.value,
    everything: listed ? subjectsOf(listed) : [],
    refusals: valueOf(refusals) ?? [],
    from,
    answering: cite(webhooks, ...behind),
    refusing: cite(...from, refusals, ...behind, root),
    sure,
    grounds: { from, sure },
  };
}
