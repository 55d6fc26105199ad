// The proxy's own view: whether Envoy is alive, what it last accepted, and what it rejects now.
// Stats that Istio always keeps: pilot-agent's default stats inclusion (istio tools/packaging/common/envoy_bootstrap.json).
import { kubectl, type Command } from '../../core/command.ts';
import { fact, type Fetched, needsExecInstead, needsPort } from '../../core/fact.ts';
import type { Ports } from '../../core/ports.ts';
import type { ExecQuestion, HttpQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { byRoads, type Road } from '../kube/ask.ts';
import { list, parseJson, text } from '../../model/kube/read.ts';
import { readExec, readHttp, type Heard } from './debug.ts';

/** A listener whose latest config Envoy rejects now, and its error. */
export type Refusal = { readonly type: 'LDS'; readonly name: string; readonly error: string };

export type Envoy =
  | {
      readonly is: 'up';
      readonly uptimeS: number;
      readonly clusters: number;
      readonly warmingClusters: number;
      readonly listeners: number;
      readonly memoryBytes: number;
      readonly concurrency: number;
      /** When the last accepted update of each type was applied, milliseconds since the epoch. */
      readonly updatedAt: { readonly CDS: number | undefined; readonly LDS: number | undefined };
      /** The push that is in effect: `2026-11-21T07:17:34Z/4`. */
      readonly version: string | undefined;
      readonly refusals: readonly Refusal[];
    }
  /** The port accepts connections but nothing answers: Envoy is stopped or starved of CPU. */
  | { readonly is: 'silent'; readonly waitedMs: number }
  /** Nothing listens on the admin port: Envoy is not running. */
  | { readonly is: 'closed' };

const statsPage = {
  query: 'state',
  path:
    '/stats?format=json&filter=' +
    encodeURIComponent(
      '^(server\\.(uptime|concurrency|memory_allocated)|cluster_manager\\.(cds\\.(update_rejected|update_time|version_text)|active_clusters|warming_clusters)|listener_manager\\.(lds\\.(update_rejected|update_time|version_text)|total_listeners_active))$',
    ),
};

export type EnvoyArgs = { readonly pod: PodRef; readonly container: string; readonly port: number };

/** What any page of Envoy's admin port needs: a port-forward, or exec as a fallback. */
export const adminNeeds = [needsPort('target'), needsExecInstead('target')] as const;

/** The same page by hand; it works in a distroless image, and for a native sidecar. */
export function adminCommand(
  { pod, container }: Pick<EnvoyArgs, 'pod' | 'container'>,
  page: string,
): Command {
  return kubectl`exec ${pod.name} -n ${pod.namespace} -c ${container} -- pilot-agent request
    GET ${page}`;
}

export const envoy = fact({
  name: 'istio/envoy',
  asks: ({ pod }: EnvoyArgs) => `Envoy's own state in ${podText(pod)}`,
  byHand: (args) => adminCommand(args, 'stats?filter=update_rejected|update_time|version_text'),
  needs: adminNeeds,
  timeoutMs: 9000,
  fetch: async (ports, args, signal): Promise<Fetched<Envoy>> => {
    const stats = await askEnvoy(ports, args, statsPage, readStats, signal);
    if (!stats.ok) return stats;
    const { value } = stats;
    if (value.is !== 'heard') return { ...stats, value };
    const refusals = value.value.rejected
      ? await askRefusals(ports, args, signal)
      : { found: [], missed: [] };
    const { rejected: _, ...up } = value.value;
    return { ...stats, missed: refusals.missed, value: { ...up, refusals: refusals.found } };
  },
  show: showEnvoy,
});

/** One admin page, by port-forward, else by exec of pilot-agent. */
export function askEnvoy<T>(
  ports: Ports,
  { pod, container, port }: EnvoyArgs,
  page: { readonly path: string; readonly query: string; readonly maxBytes?: number },
  read: (body: string) => T | undefined,
  signal: AbortSignal,
  sample?: number,
): Promise<Fetched<Heard<T>>> {
  const { path, query, maxBytes } = page;
  const http: HttpQuestion = { ask: 'http', pod, port, path, query, sample, maxBytes };
  const argv = ['pilot-agent', 'request', 'GET', path.slice(1)];
  const exec: ExecQuestion = { ask: 'exec', pod, container, argv, query, sample };
  const roads: readonly Road<Heard<T>>[] = [
    {
      name: 'port-forward',
      ms: 4500,
      question: http,
      ask: async (p, s) => readHttp(http, await p.ask(http, s), read),
    },
    {
      name: 'exec of pilot-agent',
      ms: 4000,
      question: exec,
      // It waits for Envoy without a deadline of its own, so it cannot be told whether Envoy or the stream hangs.
      ask: async (p, s) => readExec(exec, await p.ask(exec, s), read),
    },
  ];
  return byRoads(ports, roads, signal);
}

type Stats = Omit<Extract<Envoy, { is: 'up' }>, 'refusals'> & { readonly rejected: boolean };

export function readStats(body: string): Stats | undefined {
  const stats = list(parseJson(body), 'stats');
  if (stats.length === 0) return undefined;
  const values = new Map(
    stats.map((s) => [text(s, 'name') ?? '', (s as { value?: unknown }).value] as const),
  );
  const amount = (name: string) => {
    const value = values.get(name);
    return typeof value === 'number' ? value : 0;
  };
  const version = values.get('cluster_manager.cds.version_text');
  return {
    is: 'up',
    uptimeS: amount('server.uptime'),
    clusters: amount('cluster_manager.active_clusters'),
    warmingClusters: amount('cluster_manager.warming_clusters'),
    listeners: amount('listener_manager.total_listeners_active'),
    memoryBytes: amount('server.memory_allocated'),
    concurrency: amount('server.concurrency'),
    updatedAt: {
      CDS: amount('cluster_manager.cds.update_time') || undefined,
      LDS: amount('listener_manager.lds.update_time') || undefined,
    },
    version: typeof version === 'string' && version !== '' ? version : undefined,
    // Counters since Envoy started: whether a rejection still holds is asked separately.
    rejected:
      amount('cluster_manager.cds.update_rejected') +
        amount('listener_manager.lds.update_rejected') >
      0,
  };
}

const refusedListeners = {
  query: 'refusals',
  path: '/config_dump?resource=dynamic_listeners&mask=name,error_state',
};

/** Rejections that still hold: `error_state` is cleared by the next accepted update (envoy admin/v3/config_dump_shared.proto). */
async function askRefusals(
  ports: Ports,
  args: EnvoyArgs,
  signal: AbortSignal,
): Promise<{ found: readonly Refusal[]; missed: NonNullable<Fetched<never>['missed']> }> {
  const listeners = await askEnvoy(ports, args, refusedListeners, readErrorStates, signal);
  if (!listeners.ok) {
    const why = listeners.why === 'absent' ? 'unreadable' : listeners.why;
    return {
      found: [],
      missed: [
        {
          asked: 'what Envoy rejects now',
          why,
          detail: listeners.detail,
          access: listeners.access,
        },
      ],
    };
  }
  const { value } = listeners;
  return { found: value.is === 'heard' ? value.value : [], missed: [] };
}

export function readErrorStates(body: string): readonly Refusal[] | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const found = list(parsed, 'configs').flatMap((config): Refusal[] => {
    const error = text(config, 'error_state', 'details');
    return error === undefined ? [] : [{ type: 'LDS', name: text(config, 'name') ?? '', error }];
  });
  // The same rejection is listed once under its listener and once without a name.
  return found.filter((r) => r.name !== '' || !found.some((o) => o !== r && o.error === r.error));
}

function showEnvoy(value: Envoy): readonly string[] {
  switch (value.is) {
    case 'silent':
      return [`the admin port accepted the connection but sent nothing for ${value.waitedMs} ms`];
    case 'closed':
      return ['nothing listens on the admin port'];
    case 'up':
      return [
        // First, as a finding cites it and often only a line or two is shown.
        ...value.refusals.map((r) => `${r.type} ${r.name} rejected: ${r.error}`),
        `up for ${value.uptimeS}s, ${value.clusters} clusters (${value.warmingClusters} warming), ${value.listeners} listeners, ${Math.round(value.memoryBytes / 1e6)} MB allocated`,
        `config in effect: ${value.version ?? 'none'}`,
      ];
  }
}
