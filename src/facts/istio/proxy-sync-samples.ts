// One sample never proves STALE: a push that is on its way looks the same for a moment. A STALE stream is asked
// again until the proxy acknowledges, or has had more time than any healthy proxy needs.
// Flapping under load: istio/istio issue 13822; false STALE of 1.22.0 and 1.22.1: issue 51612.
import type { Fetched, Missed } from '../../core/fact.ts';
import type { Ports } from '../../core/ports.ts';
import { dotted, type PodRef } from '../../core/refs.ts';
import type { Pod } from '../kube/pod.ts';
import { askIstiod } from './debug.ts';
import type { Stream, SyncView } from './sync-view.ts';
import {
  readSyncz,
  settleMs,
  staleTypes,
  type ProxySync,
  type TypeSync,
} from '../../model/istio/syncz.ts';

const pauseMs = 1000;
const mostSamples = 7;

/** Asks the newest stream's istiod again while a STALE is young, and leaves other streams as they are. */
export async function confirm(
  ports: Ports,
  view: SyncView,
  istiods: readonly Pod[],
  pod: PodRef,
  signal: AbortSignal,
): Promise<Confirmed> {
  const [newest, ...others] = view.streams;
  const istiod = istiods.find((p) => p.ref.name === newest?.istiod);
  if (!newest || !istiod) return { view, missed: [] };
  let stream: Stream = newest;
  let unchangedFor = 0;
  let samples = 1;
  let began = ports.clock.now();
  while (
    samples < mostSamples &&
    unsettled(stream.sync, ports.clock.now(), samples, unchangedFor)
  ) {
    await ports.clock.sleep(pauseMs, signal);
    samples += 1;
    const again = await askIstiod(ports, istiod, '/debug/syncz', readSyncz, signal, samples);
    if (!again.ok || again.value.is !== 'heard') {
      return { view, missed: [unconfirmed(istiod, again)] };
    }
    const row = again.value.value.find((r) => r.proxy === dotted(pod));
    const at = ports.clock.now();
    if (!row) return { view: { ...view, streams: others, samples, at }, missed: [] };
    if (sentOf(row) !== sentOf(stream.sync)) began = ports.clock.now();
    unchangedFor = ports.clock.now() - began;
    stream = { ...stream, sync: row };
  }
  const at = ports.clock.now();
  return { view: { ...view, streams: [stream, ...others], samples, at }, missed: [] };
}

export type Confirmed = { readonly view: SyncView; readonly missed: readonly Missed[] };

/** One sample proves neither STALE nor in sync, so a missing second sample is a gap. */
function unconfirmed(istiod: Pod, again: Fetched<unknown>): Missed {
  const asked = `a second sample of what ${istiod.ref.name} sent`;
  if (again.ok) return { asked, why: 'timed-out', detail: 'istiod did not answer again' };
  const why = again.why === 'absent' ? 'unreachable' : again.why;
  return { asked, why, detail: again.detail, access: again.access };
}

/** STALE that is too young to be believed, or was seen only once. */
function unsettled(sync: ProxySync, now: number, samples: number, unchangedFor: number): boolean {
  const stale = staleTypes(sync);
  if (stale.length === 0) return false;
  return samples < 2 || stale.some((t) => ageOf(t, now, unchangedFor) < settleMs);
}

/** Without a send time (Istio before 1.23), the age is how long it has not changed while we watched. */
function ageOf(type: TypeSync, now: number, unchangedFor: number): number {
  return type.sentAt === undefined ? unchangedFor : now - type.sentAt;
}

function sentOf(sync: ProxySync): string {
  return sync.types.map((t) => t.sent).join(' ');
}

type Got = Extract<Fetched<SyncView>, { ok: true }>;
const mostLooks = 4;

/**
 * A proxy that no istiod lists may be between two streams: istiod closes each after about 30 minutes
 * (keepaliveMaxServerConnectionAge), and after a restart of istiod all proxies reconnect within seconds.
 */
export async function reappear(
  ports: Ports,
  first: Got,
  again: (sample: number) => Promise<Fetched<SyncView>>,
  signal: AbortSignal,
): Promise<Got> {
  let latest = first;
  for (let look = 2; look <= mostLooks; look += 1) {
    await ports.clock.sleep(pauseMs, signal);
    const next = await again(look);
    if (!next.ok || signal.aborted) break;
    latest = { ...next, value: { ...next.value, samples: look } };
    if (latest.value.streams.length > 0) break;
  }
  return latest;
}
