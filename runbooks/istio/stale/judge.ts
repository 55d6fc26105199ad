// How `stale` concludes from what it gathered: pure functions, one a step.
import {
  cite,
  count,
  listed,
  skip,
  stop,
  valueOf,
  type Answer,
  type MeshChoice,
  type PodRef,
  type Say,
  type Skip,
} from '../../../src/authoring.ts';
import type { Blame } from '../../../src/facts/istio/blame.ts';
import type { Envoy } from '../../../src/facts/istio/envoy.ts';
import type { ControlPlane } from '../../../src/facts/istio/istiods.ts';
import * as read from '../../../src/model/istio/sync-verdict.ts';
import type { ProxyCount } from '../../../src/facts/istio/mesh-proxies.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import type { ProxyLog } from '../../../src/facts/istio/proxy-log.ts';
import type { SyncView } from '../../../src/facts/istio/proxy-sync.ts';
import type { PushTimes } from '../../../src/facts/istio/push-times.ts';
import type { Effect } from '../../../src/facts/istio/scene.ts';
import { diffHarmsGateways, imageVersion } from '../../../src/model/istio/version.ts';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';
import type { PolicyView } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { connectionFindings } from './judge/connection.ts';
import { culpritSlots, effectSlots, names } from './slots.ts';
import type { Findings } from './says.ts';

export type StaleSay = Say<Findings>;
export type Input = MeshChoice & { readonly pod: PodRef };
type Plane = {
  readonly plane: Answer<ControlPlane>;
  readonly proxies: Answer<ProxyCount> | undefined;
  readonly words: Answer<readonly string[]> | undefined;
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly pod?: Answer<Pod>;
  readonly 'control-plane'?: Plane;
  readonly sync?: Answer<SyncView>;
  readonly envoy?: Answer<Envoy>;
  readonly log?: Answer<ProxyLog>;
  readonly effect?: Answer<Effect>;
};
type Judgement = void | typeof stop | Skip;

export function pod(got: Answer<Pod>, say: StaleSay, { pod: ref }: Input): Judgement {
  if (got.kind !== 'known') return;
  const { value } = got;
  const role = meshRole(value);
  const here = { pod: ref, namespace: ref.namespace, name: ref.name };
  if (value.phase === 'Succeeded' || value.phase === 'Failed') {
    say('finished', { ...here, phase: value.phase }, got);
    return stop;
  }
  if (role.is === 'none') say('no-proxy', here, got);
  else if (role.is === 'ambient') say('ambient', { ...here, node: value.node ?? 'unknown' }, got);
  else if (role.is === 'control-plane') say('is-istiod', { pod: ref }, got);
  const reason = read.pendingReason(value);
  const down = read.downState(role);
  const proxy = proxyOf(role);
  if (reason !== undefined) say('pending', { ...here, reason }, got);
  else if (role.is === 'proxyless') say('proxyless', here, got);
  else if (down !== undefined && proxy !== undefined) {
    if (read.ranOutOfMemory(proxy)) say('proxy-killed', { pod: ref, state: down }, got);
    else say('proxy-down', { ...here, container: proxy.name, state: down }, got);
  }
  const goesOn = reason === undefined && down === undefined && hasConfig.has(role.is);
  if (!goesOn) return stop;
}

const hasConfig: ReadonlySet<string> = new Set(['sidecar', 'gateway', 'waypoint', 'ztunnel']);

export function controlPlane(
  { plane, proxies, words }: Plane,
  say: StaleSay,
  { pod: ref, root }: Input,
): Judgement {
  if (plane.kind !== 'known') return;
  const down = read.outage(plane.value);
  const reach = reachText(valueOf(proxies));
  if (down?.is === 'scaled-to-zero') {
    const { deployment } = down;
    say('scaled-to-zero', { deployment, root, proxies: reach, pod: ref }, plane);
    return stop;
  }
  if (down?.is === 'down') {
    const istiod = down.istiod.pod.ref.name;
    const last = reasonOf(valueOf(words) ?? []);
    const slots = {
      reason: down.reason,
      proxies: reach,
      words: last === undefined ? '' : `Its log ends with: ${read.sentence(last)}`,
      since: down.endedAt === undefined ? '' : `${down.endedAt}, when it last ended`,
      root,
      istiod,
      deployment: read.deploymentOf(down.istiod),
      pod: ref,
    };
    say('istiod-down', slots, ...cite(plane, words));
    return stop;
  }
  if (down) return say('no-control-plane', { root }, plane);
  for (const { ready, pod: one, trouble } of plane.value.istiods) {
    if (ready) continue;
    say('istiod-not-ready', { istiod: one.ref.name, reason: trouble ?? 'unknown' }, plane);
  }
  const versions = plane.value.istiods.map((i) => imageVersion(i.pod.containers[0]?.image ?? ''));
  const harmful = versions.find((v) => v !== undefined && diffHarmsGateways(v));
  if (harmful !== undefined) say('diff-harms-gateways', { version: harmful }, plane);
}

function reachText(counted: ProxyCount | undefined): string {
  if (!counted) return 'every proxy of the mesh';
  const n = count(counted.proxies, 'proxy', 'proxies');
  return counted.more ? `more than ${n}: every one of the mesh` : `all ${n} of the mesh`;
}

export function sync(got: Answer<SyncView>, say: StaleSay, { pod: ref, root }: Input): Judgement {
  if (got.kind !== 'known') return;
  const [first] = got.value.streams;
  if (!first) {
    for (const istiod of got.value.silent) say('istiod-silent', { istiod, root, pod: ref }, got);
    return skip('no istiod lists this proxy');
  }
  const others = read.leftovers(got.value).map((stream) => stream.istiod);
  if (others.length > 0) {
    say('half-open', { pod: ref, others: listed(others), istiod: first.istiod }, got);
  }
}

export function envoy(
  got: Answer<Envoy>,
  say: StaleSay,
  { pod: ref }: Input,
  sofar: Sofar,
): Judgement {
  const about = valueOf(sofar.pod);
  if (got.kind !== 'known' || !about || got.value.is === 'up') return;
  const proof = cite(got, sofar.sync);
  if (got.value.is === 'closed') {
    say('envoy-down', { ...names(ref, about), container: 'istio-proxy' }, ...proof);
    return stop;
  }
  const view = valueOf(sofar.sync);
  const stale = view ? read.confirmedStale(view) : [];
  const now = view?.at ?? 0;
  const waits = stale.length > 0 ? read.staleText(stale, now) : 'no answer yet';
  const slots = {
    ...names(ref, about),
    types: `istiod waits for ${waits}`,
    since: read.sinceText(read.firstSent(stale), now),
  };
  say('frozen', slots, ...proof);
  return stop;
}

type Blamed = { readonly refusal: read.Refusal; readonly blamed: Answer<Blame> };

/**
 * A log line says what was refused then; only istiod and Envoy know that it still is. Where neither could be asked and
 * no resource carries what was refused, somebody has most likely taken it away since.
 */
const isOver = ({ refusal, blamed }: Blamed): boolean =>
  refusal.by === 'log' &&
  blamed.kind === 'known' &&
  blamed.value.complete &&
  blamed.value.culprits.length === 0;

export function rejected(
  got: readonly Blamed[],
  say: StaleSay,
  { pod: ref, root }: Input,
  sofar: Sofar,
): Judgement {
  const view = valueOf(sofar.sync);
  const known = (view?.streams.length ?? 0) > 0 || valueOf(sofar.envoy)?.is === 'up';
  if (!known && got.length === 0) return skip('neither istiod nor Envoy knows of a push');
  if (!known && got.every(isOver)) {
    return skip(
      'the log tells of a refused push, and nothing that could have made it is there now',
    );
  }
  for (const { refusal, blamed } of got) {
    const seen = sofar[refusal.by];
    if (!seen || seen.kind === 'unknown') continue;
    const slots = {
      pod: ref,
      type: refusal.type,
      reason: read.reasonText(refusal.error),
      reach: view && refusal.sync ? read.rejectionReach(view, refusal.sync) : '',
    };
    const proof = cite(seen, blamed);
    const culprits = valueOf(blamed)?.culprits ?? [];
    const [culprit] = culprits;
    const current = refusal.by !== 'log';
    if (!culprit) {
      const unexplained = { ...slots, namespace: ref.namespace, root };
      const all = valueOf(blamed)?.complete ?? false;
      if (current && all) say('push-rejected-unexplained', unexplained, ...proof);
      else say.likely('push-rejected-unexplained', unexplained, ...proof);
    } else if (culprit.names !== '' && culprits.length === 1 && current) {
      say('push-rejected', { ...slots, ...culpritSlots(culprit) }, ...proof);
    } else say.likely('push-rejected', { ...slots, ...culpritSlots(culprit) }, ...proof);
  }
}

export function unacknowledged(
  _: unknown,
  say: StaleSay,
  { pod: ref }: Input,
  sofar: Sofar,
): Judgement {
  const { sync: seen, envoy: own, log } = sofar;
  const about = valueOf(sofar.pod);
  if (seen?.kind !== 'known' || !about) return skip('the sync status is not known');
  if (seen.value.streams.length === 0) return skip('there is no stream');
  const stale = read.confirmedStale(seen.value);
  if (stale.length === 0) return;
  const now = seen.value.at;
  const slots = {
    ...names(ref, about),
    types: read.staleText(stale, now),
    since: read.sinceText(read.firstSent(stale), now),
  };
  if (own?.kind !== 'known' || own.value.is !== 'up') return say('unacknowledged', slots, seen);
  const warming = own.value.warmingClusters;
  if (warming > 0) {
    return say.likely('warming', { ...slots, clusters: count(warming, 'cluster') }, seen, own);
  }
  if (!read.neverArrived(stale, own.value)) return say('unacknowledged', slots, ...cite(seen, own));
  const lost = valueOf(log)?.unreachable ?? valueOf(log)?.ended;
  const line = lost ? `The proxy log says: ${read.sentence(lost.text)}` : '';
  say.likely('push-lost', { ...slots, log: line }, ...cite(seen, own, log));
}

export function connection(
  policies: Answer<PolicyView> | undefined,
  say: StaleSay,
  input: Input,
  sofar: Sofar,
): Judgement {
  const about = valueOf(sofar.pod);
  const view = valueOf(sofar.sync);
  if (!about || (view?.streams.length ?? 0) > 0) return;
  const missing = view !== undefined && view.silent.length === 0;
  const lines = valueOf(sofar.log);
  if (!missing && !lines?.refused && !lines?.unreachable) {
    return skip('whether it is connected is not known');
  }
  connectionFindings(policies, say, input, sofar, about);
}

export function effect(
  got: Answer<Effect>,
  say: StaleSay,
  { pod: ref }: Input,
  sofar: Sofar,
): Judgement {
  if (got.kind !== 'known') return;
  const { evaluation, analysis } = got.value;
  // In a mesh of several clusters a Service that is not here may be in another one.
  const elsewhere = read.isMultiCluster(valueOf(sofar.sync));
  for (const problem of evaluation.problems) {
    const sure = problem.sure && !(elsewhere && aboutAbsence.has(problem.rule));
    const slots = effectSlots(problem, ref);
    if (sure) say(problem.rule, slots, got);
    else say.likely(problem.rule, slots, got);
  }
  if (analysis.is !== 'ran') return;
  for (const { code, level, message, origin } of analysis.concerning) {
    const [, kind, namespace, name] = /^(\S+) ([^/\s]+)\/(\S+)/.exec(origin) ?? [];
    if (level !== 'Error' || judgedHere.has(code) || !kind || !namespace || !name) continue;
    const slots = { resource: `${kind} ${namespace}/${name}`, kind, namespace, name, code };
    say.likely('analysis-error', { ...slots, message: read.sentence(message) }, got);
  }
}

const aboutAbsence: ReadonlySet<string> = new Set(['host-missing', 'port-missing', 'unknown-host']);

/** Codes whose question the evaluator answers itself, with exportTo, scopes and short names counted in. */
const judgedHere: ReadonlySet<string> = new Set(['IST0101', 'IST0109', 'IST0130', 'IST0132']);

export function size(
  got: Answer<PushTimes>,
  say: StaleSay,
  { pod: ref }: Input,
  { envoy: own, effect: routing }: Sofar,
): Judgement {
  if (own?.kind !== 'known' || own.value.is !== 'up') return;
  if (valueOf(routing)?.evaluation.concerned.some((r) => r.kind === 'Sidecar')) return;
  const mean = valueOf(got)?.meanSeconds;
  const slots = {
    pod: ref,
    clusters: count(own.value.clusters, 'cluster'),
    memory: `${Math.round(own.value.memoryBytes / 1e6)} MB`,
    push: mean === undefined ? 'an unknown time' : `${mean.toFixed(2)} s`,
  };
  say('too-much-config', slots, ...cite(own, got));
}

export function app(got: Answer<Pod>, say: StaleSay, { pod: ref }: Input): Judgement {
  const crash = got.kind === 'known' ? read.crashing(got.value) : undefined;
  if (!crash || got.kind !== 'known') return;
  const { namespace, name } = ref;
  say(
    'app-crashing',
    { pod: ref, container: crash.name, state: crash.state, namespace, name },
    got,
  );
}
