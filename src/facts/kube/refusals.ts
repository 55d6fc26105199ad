// Why pods are not created: the warnings of what makes them. Events are kept for an hour by default.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure } from './ask.ts';
import { readEvents, type Event } from './events.ts';
import { events } from './kinds.ts';
import { eventMoments } from '../../model/kube/moments.ts';

/** `FailedCreate` is what every controller says (kubernetes pkg/controller/controller_utils.go FailedCreatePodReason). */
export const refusals = fact({
  name: 'kube/refusals',
  asks: ({ namespace }: { namespace: string }) => `events about pods refused in ${namespace}`,
  byHand: ({ namespace }) =>
    kubectl`get events -n ${namespace} --field-selector reason=FailedCreate`,
  needs: [needs(['list'], 'events', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace }, signal) => {
    const fields = 'reason=FailedCreate';
    const question: ListQuestion = { ask: 'list', resource: events, namespace, fields, limit: 500 };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readEvents(reply.value.items) } : failure(reply, question);
  },
  show: (all) =>
    all.length === 0 ? ['none'] : all.slice(0, 3).map((e) => `${e.kind} ${e.object}: ${e.message}`),
  moments: eventMoments,
});

/** The newest about a workload; a Deployment's are about its ReplicaSets. */
export function refusalOf(
  all: readonly Event[],
  { kind, name }: { readonly kind: string; readonly name: string },
): Event | undefined {
  const maker = { Deployment: 'ReplicaSet', CronJob: 'Job' }[kind] ?? kind;
  // `web-5c4d8` of Deployment web, `nightly-29384` of CronJob nightly.
  const isMine = (event: Event) =>
    event.kind === maker &&
    (maker === kind ? event.object : event.object.replace(/-[a-z0-9]+$/, '')) === name;
  return all.find(isMine);
}
