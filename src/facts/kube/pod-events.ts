// What was said of one pod: kills, evictions, back-offs. Events are kept for an hour by default.
import { kubectl } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { ListQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from './ask.ts';
import { eventLine, readEvents, type Event } from './events.ts';
import { events } from './kinds.ts';
import { eventMoments } from '../../model/kube/moments.ts';

export const podEvents = fact({
  name: 'kube/pod-events',
  asks: ({ pod }: { pod: PodRef }) => `events about ${podText(pod)}`,
  byHand: ({ pod }) => kubectl`get events -n ${pod.namespace} --field-selector ${about(pod)}`,
  needs: [needs(['list'], 'events', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod }, signal) => {
    const { namespace } = pod;
    const question: ListQuestion = { ask: 'list', resource: events, namespace, fields: about(pod) };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const found = readEvents(reply.value.items).filter(({ kind }) => kind === 'Pod');
    return { ok: true, value: found };
  },
  show: showEvents,
  moments: eventMoments,
});

function about(pod: PodRef): string {
  return `involvedObject.name=${pod.name}`;
}

export function showEvents(all: readonly Event[]): readonly string[] {
  const shown = all.slice(0, 5).map(eventLine);
  return shown.length === 0 ? ['none'] : shown;
}
