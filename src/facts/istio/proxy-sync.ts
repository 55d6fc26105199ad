// What every istiod has sent to one proxy, and how the proxy answered: the core of a STALE diagnosis.
import { kubectl, type Command } from '../../core/command.ts';
import {
  fact,
  needs,
  needsExecInstead,
  needsPort,
  needsTool,
  type Fetched,
  type Missed,
} from '../../core/fact.ts';
import { happened, type Happening } from '../../core/moment.ts';
import type { Ports } from '../../core/ports.ts';
import { dotted, podText, type PodRef } from '../../core/refs.ts';
import { age, listed } from '../../core/text.ts';
import { failure } from '../kube/ask.ts';
import { readPod, type Pod } from '../kube/pod.ts';
import { askIstiod, pageQuestions } from './debug.ts';
import { istiodPods } from './istiods.ts';
import { syncByIstioctl } from './proxy-sync-istioctl.ts';
import { confirm, reappear } from './proxy-sync-samples.ts';
import { newestFirst, type Stream, type SyncArgs, type SyncView } from './sync-view.ts';
import {
  readConnections,
  readSyncz,
  type ProxySync,
  type TypeSync,
} from '../../model/istio/syncz.ts';
import { istioctl } from '../../meshes/istio/commands.ts';

export const proxySync = fact({
  name: 'istio/proxy-sync',
  asks: ({ pod }: SyncArgs) => `istiod's sync status for ${podText(pod)}`,
  byHand: ({ root }) => istioctl`proxy-status -v 1 -i ${root}`,
  needs: [
    needs(['list'], 'pods', 'mesh-root'),
    needsPort('mesh-root'),
    needsExecInstead('mesh-root'),
    needsTool('istioctl'),
  ],
  timeoutMs: 14_000,
  fetch: async (ports, args, signal) => {
    const question = istiodPods(args.root);
    const listed = await ports.ask(question, signal);
    if (!listed.ok) return failure(listed, question);
    const istiods = listed.value.items.map(readPod).filter((p) => isAsked(p, args.revision));
    const asked = await askAll(ports, istiods, args, signal);
    // istioctl uses the same path, with a token that it requests (TokenRequest). If the path is forbidden, it can only
    // fail, so it is not run. It helps if streams through the API server do not work from here.
    if (asked.ok || asked.why === 'absent' || asked.why === 'forbidden') return asked;
    const revisions = [...new Set(istiods.map((p) => p.labels['istio.io/rev'] ?? 'default'))];
    const second = await syncByIstioctl(ports, args, revisions, signal);
    return second.ok ? second : asked;
  },
  show: (view, { pod }) => [
    ...view.streams.flatMap((stream) => streamLines(stream, view.at)),
    ...(view.streams.length === 0
      ? [`${dotted(pod)} is not listed by ${view.answered.join(', ') || 'any istiod'}`]
      : []),
    ...view.silent.map((name) => `${name}: connected, but no answer`),
    ...view.busy.map((name) => `${name}: its /version answers, its /debug/syncz does not`),
  ],
  moments: ({ streams }, { pod }) =>
    streams.flatMap((stream) => streamMoments(stream, podText(pod))),
  versions: ({ streams }) => ({ proxy: streams[0]?.sync.version }),
});

/** istiods that are not ready are asked too: they may still have the stream. */
function isAsked(istiod: Pod, revision: string | undefined): boolean {
  return (
    istiod.phase === 'Running' &&
    (revision === undefined || istiod.labels['istio.io/rev'] === revision)
  );
}

async function askAll(
  ports: Ports,
  istiods: readonly Pod[],
  args: SyncArgs,
  signal: AbortSignal,
): Promise<Fetched<SyncView>> {
  const first = await askOnce(ports, istiods, args, signal);
  if (!first.ok || first.value.streams.length > 0) {
    return first.ok ? settle(ports, first, istiods, args.pod, signal) : first;
  }
  return first.value.silent.length + first.value.busy.length > 0
    ? first
    : reappear(ports, first, (sample) => askOnce(ports, istiods, args, signal, sample), signal);
}

/** Two streams, and it is unknown which is newer. */
function unordered({ streams }: SyncView): readonly Missed[] {
  return streams.length > 1 && streams.some((stream) => stream.connectedAt === undefined)
    ? [
        {
          asked: 'which of its streams is the newest',
          why: 'unreadable',
          detail: 'an istiod did not say how old its stream is',
        },
      ]
    : [];
}

type Got = Extract<Fetched<SyncView>, { ok: true }>;

async function settle(
  ports: Ports,
  got: Got,
  istiods: readonly Pod[],
  pod: PodRef,
  signal: AbortSignal,
): Promise<Got> {
  const { view, missed } = await confirm(ports, got.value, istiods, pod, signal);
  return { ...got, value: view, missed: [...(got.missed ?? []), ...missed] };
}

/** Every istiod once, side by side. */
async function askOnce(
  ports: Ports,
  istiods: readonly Pod[],
  args: SyncArgs,
  signal: AbortSignal,
  sample?: number,
): Promise<Fetched<SyncView>> {
  const parts = await Promise.all(istiods.map((istiod) => askOne(ports, istiod, signal, sample)));
  const good = parts.filter((p): p is Part => 'rows' in p);
  const [firstBad] = parts.filter((p): p is Extract<Fetched<never>, { ok: false }> => 'why' in p);
  if (good.length === 0 && firstBad) return firstBad;
  const road = good.find((p) => p.road)?.road;
  const missed: Missed[] = istiods.flatMap((istiod, i) => {
    const part = parts[i];
    if (!part || !('why' in part)) return [];
    const why = part.why === 'absent' ? 'unreachable' : part.why;
    return [
      { asked: `what ${istiod.ref.name} sent`, why, detail: part.detail, access: part.access },
    ];
  });
  const value = viewOf(good, args.pod, ports.clock.now());
  missed.push(...unordered(value));
  const byHand = sameByHand(value.streams[0]?.istiod ?? value.answered[0], args.root);
  // They give the order of the streams; if that matters and is unknown, `unordered` says so.
  const without = istiods.flatMap((istiod) => pageQuestions(istiod, '/debug/connections', sample));
  const how = { ...(byHand ? { byHand } : {}), ...(road ? { road } : {}) };
  return { ok: true, value, missed, without, ...how };
}

/**
 * The page that was read, from the istiod that served it. Not `istioctl x internal-debug syncz --all`: with several
 * istiods it stores the answers under one name, and the last one hides the others (seen with 1.31).
 */
function sameByHand(istiod: string | undefined, root: string): Command | undefined {
  if (istiod === undefined) return undefined;
  return kubectl`exec ${istiod} -n ${root} -c discovery -- pilot-discovery request GET
    /debug/syncz`;
}

type Part = {
  readonly istiod: Pod;
  readonly rows: readonly ProxySync[] | 'silent' | 'busy' | 'closed';
  readonly since: ReadonlyMap<string, number>;
  readonly road: string | undefined;
};

async function askOne(
  ports: Ports,
  istiod: Pod,
  signal: AbortSignal,
  sample: number | undefined,
): Promise<Part | Extract<Fetched<never>, { ok: false }>> {
  const [syncz, connections] = await Promise.all([
    askIstiod(ports, istiod, '/debug/syncz', readSyncz, signal, sample),
    askIstiod(ports, istiod, '/debug/connections', readConnections, signal, sample),
  ]);
  if (!syncz.ok) return syncz;
  const since =
    connections.ok && connections.value.is === 'heard' ? connections.value.value : new Map();
  const told = { istiod, since, road: syncz.road };
  if (syncz.value.is === 'heard') return { ...told, rows: syncz.value.value };
  if (syncz.value.is === 'closed') return { ...told, rows: 'closed' };
  // Silent, or only this page of it: another of the same port, which takes no lock (pilot/pkg/bootstrap/monitoring.go).
  const page = await askIstiod(ports, istiod, '/version', readVersion, signal, sample);
  if (!page.ok) return page;
  return { ...told, rows: page.value.is === 'heard' ? 'busy' : 'silent' };
}

function readVersion(body: string): string | undefined {
  return body.trim() === '' ? undefined : body;
}

function viewOf(parts: readonly Part[], pod: PodRef, now: number): SyncView {
  const heard = parts.filter((p) => typeof p.rows !== 'string');
  const streams = heard.flatMap(({ istiod, rows, since }): Stream[] =>
    (typeof rows === 'string' ? [] : rows)
      .filter((row) => row.proxy === dotted(pod))
      .map((sync) => ({
        istiod: istiod.ref.name,
        revision: istiod.labels['istio.io/rev'] ?? 'default',
        connectedAt: since.get(sync.proxy),
        sync,
      })),
  );
  return {
    answered: heard.map((p) => p.istiod.ref.name),
    silent: parts.filter((p) => p.rows === 'silent').map((p) => p.istiod.ref.name),
    busy: parts.filter((p) => p.rows === 'busy').map((p) => p.istiod.ref.name),
    streams: newestFirst(streams),
    proxies: heard.flatMap((p) => (typeof p.rows === 'string' ? [] : p.rows)),
    samples: 1,
    at: now,
  };
}

function streamLines(stream: Stream, now: number): readonly string[] {
  const since =
    stream.connectedAt === undefined ? '' : `, connected for ${age(now - stream.connectedAt)}`;
  return [`${stream.istiod}${since}`, ...typeLines(stream.sync.types, now).map((l) => `  ${l}`)];
}

/** Types that are in sync share a line; each other type has its own. */
export function typeLines(types: readonly TypeSync[], now: number): readonly string[] {
  const quiet = types.filter((t) => t.state === 'SYNCED');
  const loud = types.filter((t) => t.state === 'STALE' || t.state === 'ERROR');
  const unsent = types.filter((t) => t.state === 'NOT SENT');
  const row = (t: TypeSync) => {
    const sent =
      t.sentAt === undefined
        ? ''
        : `, sent ${new Date(t.sentAt).toISOString()} (${age(now - t.sentAt)} ago)`;
    return `${t.type} ${t.state}${sent}${t.error === undefined ? '' : `: ${t.error}`}`;
  };
  const group = (name: string, all: readonly TypeSync[]) =>
    all.length === 0 ? [] : [`${all.map((t) => t.type).join(', ')} ${name}`];
  return [...loud.map(row), ...group('SYNCED', quiet), ...group('NOT SENT', unsent)];
}

/** Only rejected or stale types: istiod sends the others all day. */
function streamMoments({ istiod, connectedAt, sync }: Stream, pod: string): readonly Happening[] {
  const rejected = sync.types.flatMap(({ type, state, sentAt, error = '' }) =>
    state === 'ERROR'
      ? happened(
          'push',
          sentAt,
          `${istiod} sent ${type} to ${pod}; the proxy rejected it: ${error}`,
        )
      : [],
  );
  const stale = sync.types.filter(({ state }) => state === 'STALE');
  const seconds = [...new Set(stale.map(({ sentAt }) => secondOf(sentAt)))];
  const waiting = seconds.flatMap((second) => {
    const types = stale.filter(({ sentAt }) => secondOf(sentAt) === second).map((t) => t.type);
    const what = `${istiod} sent ${listed(types)} to ${pod}; not acknowledged`;
    return happened('push', second, what);
  });
  return [
    ...happened('push', connectedAt, `${pod} connected to ${istiod}`),
    ...rejected,
    ...waiting,
  ];
}

function secondOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1000) * 1000;
}
