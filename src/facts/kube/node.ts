// The node of a pod: whether it is short of memory, and what its kernel killed.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { GetQuestion, ListQuestion } from '../../core/question.ts';
import { failure, missedPart } from './ask.ts';
import { eventLine, readEvents, type Event } from './events.ts';
import { events, nodes } from './kinds.ts';
import { memoryText, readQuantity } from '../../model/kube/quantity.ts';
import { list, text } from '../../model/kube/read.ts';

export type NodeView = {
  readonly name: string;
  /** Condition MemoryPressure. */
  readonly underPressure: boolean;
  /** Cores and bytes that pods may use. */
  readonly cpus: number | undefined;
  readonly memory: number | undefined;
  /** Only about memory, newest first. */
  readonly killed: readonly Event[];
};

export const node = fact({
  name: 'kube/node',
  asks: ({ node: name }: { node: string }) => `the node ${name} and its events`,
  byHand: ({ node: name }) => kubectl`describe node ${name}`,
  needs: [needs(['get'], 'nodes', 'all'), needs(['list'], 'events', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { node: name }, signal): Promise<Fetched<NodeView>> => {
    const get: GetQuestion = { ask: 'get', ref: { resource: nodes, name } };
    // Events about objects without a namespace are kept in `default` (client-go tools/record/event.go).
    const ask: ListQuestion = {
      ask: 'list',
      resource: events,
      namespace: 'default',
      fields: `involvedObject.kind=Node,involvedObject.name=${name}`,
    };
    const [object, said] = await Promise.all([ports.ask(get, signal), ports.ask(ask, signal)]);
    if (!object.ok) return failure(object, get);
    const missed = said.ok ? [] : [missedPart(`events about the node ${name}`, said, ask)];
    const { status } = object.value;
    const condition = list(status, 'conditions').find((c) => text(c, 'type') === 'MemoryPressure');
    const all = said.ok ? readEvents(said.value.items) : [];
    return {
      ok: true,
      missed,
      value: {
        name,
        underPressure: text(condition, 'status') === 'True',
        cpus: readQuantity(text(status, 'allocatable', 'cpu')),
        memory: readQuantity(text(status, 'allocatable', 'memory')),
        killed: all.filter(({ reason }) => aboutMemory.has(reason)),
      },
    };
  },
  show: ({ underPressure, cpus, memory, killed }) => [
    `${underPressure ? 'MemoryPressure' : 'no MemoryPressure'}, ${cpus ?? 'unknown'} cores, ${memory === undefined ? 'unknown memory' : memoryText(memory)}`,
    ...killed.slice(0, 4).map(eventLine),
  ],
});

/**
 * SystemOOM: kubernetes pkg/kubelet/oom/oom_watcher_linux.go, only for the node as a whole. OOMKilling: the node problem
 * detector. EvictionThresholdMet: pkg/kubelet/eviction/eviction_manager.go.
 */
const aboutMemory = new Set(['SystemOOM', 'OOMKilling', 'EvictionThresholdMet']);
