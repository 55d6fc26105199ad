// Envoy's own figures of its memory and of what takes it: config, threads, connections, buffers.
// The stats are among those that Istio always keeps (istio pkg/bootstrap/config.go: prefixes `server`,
// `cluster_manager`, `listener_manager`), except for the buffers.
import { fact, type Fetched } from '../../core/fact.ts';
import { podText } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { memoryText } from '../../model/kube/quantity.ts';
import { list, number, parseJson, text } from '../../model/kube/read.ts';
import { adminCommand, adminNeeds, askEnvoy, type EnvoyArgs } from './envoy.ts';

export type EnvoyMemory = {
  readonly uptimeS: number;
  readonly concurrency: number;
  readonly clusters: number;
  readonly listeners: number;
  /** Connections that clients hold open. */
  readonly connections: number;
  /** Bytes in use by Envoy, without the agent. */
  readonly allocated: number;
  /** Size of the heap in bytes: it rarely shrinks, so this is near its peak. */
  readonly heap: number;
  /** Bytes that wait in buffers; 0 when these stats are not kept. */
  readonly buffered: number;
};

const page = {
  query: 'memory',
  path:
    '/stats?format=json&filter=' +
    encodeURIComponent(
      '^(server\\.(uptime|concurrency|memory_allocated|memory_heap_size|memory_physical_size|total_connections)|cluster_manager\\.active_clusters|listener_manager\\.total_listeners_active)$|_bytes_buffered$',
    ),
};

export const envoyMemory = fact({
  name: 'istio/envoy-memory',
  asks: ({ pod }: EnvoyArgs) => `what Envoy in ${podText(pod)} holds in memory`,
  byHand: (args) => adminCommand(args, 'stats?filter=server.memory|active_clusters'),
  needs: adminNeeds,
  timeoutMs: 9000,
  fetch: async (ports, args, signal): Promise<Fetched<EnvoyMemory>> => {
    const heard = await askEnvoy(ports, args, page, readEnvoyMemory, signal);
    if (!heard.ok) return heard;
    if (heard.value.is === 'heard') return { ...heard, value: heard.value.value };
    const detail =
      heard.value.is === 'closed'
        ? 'nothing listens on the admin port: Envoy is not running'
        : 'the admin port accepted the connection and did not answer';
    return { ok: false, why: 'unreachable', detail };
  },
  show: (m) => [
    `${memoryText(m.allocated)} allocated, heap ${memoryText(m.heap)}, up for ${m.uptimeS}s`,
    [
      count(m.clusters, 'cluster'),
      count(m.listeners, 'listener'),
      count(m.connections, 'connection'),
      count(m.concurrency, 'worker thread'),
      `${memoryText(m.buffered)} buffered`,
    ].join(', '),
  ],
});

export function readEnvoyMemory(body: string): EnvoyMemory | undefined {
  const stats = new Map(
    list(parseJson(body), 'stats').map((s) => [text(s, 'name') ?? '', number(s, 'value')] as const),
  );
  const allocated = stats.get('server.memory_allocated');
  if (allocated === undefined) return undefined;
  const amount = (name: string) => stats.get(name) ?? 0;
  const buffered = [...stats]
    .filter(([name]) => name.endsWith('_bytes_buffered'))
    .reduce((sum, [, value]) => sum + (value ?? 0), 0);
  return {
    uptimeS: amount('server.uptime'),
    concurrency: amount('server.concurrency'),
    clusters: amount('cluster_manager.active_clusters'),
    listeners: amount('listener_manager.total_listeners_active'),
    connections: amount('server.total_connections'),
    allocated,
    heap: Math.max(amount('server.memory_heap_size'), amount('server.memory_physical_size')),
    buffered,
  };
}
