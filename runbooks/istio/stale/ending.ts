// What ends the diagnosis: a pod without a proxy that runs, an istiod that is down, an Envoy that is. A check returns findings
// or `stop`, not both (src/core/check.ts), so these steps still say what they find.
import {
  cite,
  count,
  stop,
  valueOf,
  type Answers,
  type MeshChoice,
  type PodRef,
  type Say,
} from '../../../src/authoring.ts';
import type { ProxyCount } from '../../../src/facts/istio/mesh-proxies.ts';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';
import { meshRole, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import * as read from '../../../src/model/istio/sync-verdict.ts';
import { diffHarmsGateways, imageVersion } from '../../../src/model/istio/version.ts';
import type { plane } from './checks/control-plane.ts';
import type { about } from './checks/pod.ts';
import type { envoy, sync } from './checks/stream.ts';
import type { findings } from './says.ts';

type StaleSay = Say<typeof findings>;
type Input = MeshChoice & { readonly pod: PodRef };
type Got = Answers<{
  readonly pod: typeof about;
  readonly 'control-plane': typeof plane;
  readonly sync: typeof sync;
  readonly envoy: typeof envoy;
}>;

/** By the id of the check that they judge. */
export const endings = { pod, 'control-plane': controlPlane, envoy: ofEnvoy };

function pod(got: Got['pod'], say: StaleSay, { pod: ref }: Input): void | typeof stop {
  if (got.kind !== 'known') return;
  const { value } = got;
  const role = meshRole(value);
  const here = { pod: ref, ...ref };
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

function controlPlane(
  { plane, proxies, words }: Got['control-plane'],
  say: StaleSay,
  { pod: ref, root }: Input,
): void | typeof stop {
  if (plane.kind !== 'known') return;
  const down = read.outage(plane.value);
  const here = { pod: ref, root, proxies: reachText(valueOf(proxies)) };
  if (down?.is === 'scaled-to-zero') {
    say('scaled-to-zero', { ...here, deployment: down.deployment }, plane);
    return stop;
  }
  if (down?.is === 'down') {
    const last = reasonOf(valueOf(words) ?? []);
    const slots = {
      ...{ ...here, reason: down.reason, istiod: down.istiod.pod.ref.name },
      words: last && `Its log ends with: ${read.sentence(last)}`,
      since: down.endedAt && `${down.endedAt}, when it last ended`,
      deployment: read.deploymentOf(down.istiod),
    };
    say('istiod-down', slots, ...cite(plane, words));
    return stop;
  }
  if (down) return say('no-control-plane', { root }, plane);
  for (const { ready, pod: one, trouble } of plane.value.istiods) {
    if (!ready)
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

function ofEnvoy(
  got: Got['envoy'],
  say: StaleSay,
  { pod: ref }: Input,
  sofar: Partial<Got>,
): void | typeof stop {
  const value = valueOf(sofar.pod);
  if (got.kind !== 'known' || !value || got.value.is === 'up') return;
  const proof = cite(got, sofar.sync);
  const { kind, name: workload } = read.workloadOf(value);
  const here = { pod: ref, ...ref, kind, workload };
  if (got.value.is === 'closed') {
    say('envoy-down', { ...here, container: 'istio-proxy' }, ...proof);
    return stop;
  }
  const view = valueOf(sofar.sync);
  const late = view ? read.confirmedStale(view) : [];
  const now = view?.at ?? 0;
  const waits = late.length > 0 ? read.staleText(late, now) : 'no answer yet';
  const since = read.sinceText(read.firstSent(late), now);
  say('frozen', { ...here, types: `istiod waits for ${waits}`, since }, ...proof);
  return stop;
}
