// The pod itself: whether its proxy and its application run.
import {
  age,
  check,
  cite,
  count,
  inspect,
  kubectl,
  listed,
  skip,
  stop,
  type Answer,
  type Found,
  type Known,
  type MeshChoice,
  type PodRef,
  type Skip,
} from '../../../../src/authoring.ts';
import { pod, type Pod } from '../../../../src/facts/kube/pod.ts';
import { istioctl } from '../../../../src/meshes/istio/commands.ts';
import { meshRole, proxyOf, type MeshRole } from '../../../../src/model/istio/mesh-pod.ts';
import {
  crashing,
  downState,
  pendingReason,
  ranOutOfMemory,
} from '../../../../src/model/istio/sync-verdict.ts';
import { stateText } from '../../../../src/model/kube/container.ts';
import { time } from '../../../../src/model/kube/read.ts';
import { describePod, readEnd } from '../../../shared/kube/fixes.ts';
import { at, findZtunnel } from '../fixes.ts';
import { tell } from '../says.ts';

export const stale = check<MeshChoice & { readonly pod: PodRef }>();

export const about = stale({
  id: 'pod',
  asks: 'Does the pod have a running proxy?',
  why: 'Without one, the other checks have nothing to look at.',
  rulesOut: 'a proxy that is missing or not running',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
  judge: (got) => {
    if (got.kind !== 'known') return;
    const { phase } = got.value;
    const hasEnded = phase === 'Succeeded' || phase === 'Failed';
    const found = hasEnded ? [ended(got)] : withoutConfig(got);
    return found.length > 0 ? [...found, stop] : starting(got);
  },
});

export const app = stale({
  id: 'app',
  asks: 'Does the application itself keep running?',
  why: 'To its callers, a crash loop behind a healthy proxy looks like a mesh fault.',
  rulesOut: 'a crashing application',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
  judge: (got, _, { pod: ref }) => {
    const crash = got.kind === 'known' ? crashing(got.value) : undefined;
    if (!crash || got.kind !== 'known') return;
    const { name: container, state } = crash;
    const rest = { from: cite(got), fixes: [readEnd(ref, container)] };
    return [tell('app-crashing', { pod: ref, container, state }, rest)];
  },
});

function ended(got: Known<Pod>): Found {
  const { ref, phase } = got.value;
  const rest = { from: cite(got), fixes: [describePod('See how it finished', ref)] };
  return tell('finished', { pod: ref, phase }, rest);
}

/** How long a proxy runs before it could be ready: istio-proxy's readiness probe waits 1 s, and its first config a few more. */
const startsMs = 10_000;

/** A proxy that started moments ago is not judged by what it does not do yet. */
export function tooYoung(got: Answer<Pod>): Skip | undefined {
  const ago = got.kind === 'known' ? startedAgo(got) : undefined;
  return ago !== undefined && got.kind === 'known'
    ? skip(`the proxy started only ${ago} ago`, got)
    : undefined;
}

/** "3s": since when a proxy runs that is too young to be judged. */
function startedAgo(got: Known<Pod>): string | undefined {
  const proxy = proxyOf(meshRole(got.value));
  if (!proxy || proxy.ready || proxy.state.is !== 'running') return undefined;
  const since = time(proxy.state.since);
  const ms = since === undefined ? Infinity : Date.parse(got.evidence.at) - since;
  return ms < startsMs ? age(ms) : undefined;
}

function starting(got: Known<Pod>): readonly Found[] {
  const ago = startedAgo(got);
  const proxy = proxyOf(meshRole(got.value));
  if (ago === undefined || !proxy) return [];
  const { restarts, last } = proxy;
  const before =
    last.is === 'terminated'
      ? `It has restarted ${count(restarts, 'time')}; last exit: ${stateText(last)}.`
      : undefined;
  return [tell('starting', { pod: got.value.ref, ago, before }, { from: cite(got) })];
}

/** Why the pod has no proxy that istiod could send config to. */
function withoutConfig(got: Known<Pod>): readonly Found[] {
  const role = meshRole(got.value);
  return [...byRole(got, role), ...notRunning(got, role)];
}

function byRole(got: Known<Pod>, role: MeshRole): readonly Found[] {
  const { ref: pod, node = 'unknown' } = got.value;
  const from = cite(got);
  switch (role.is) {
    case 'none': {
      const see = inspect('See why it was not injected', istioctl`x check-inject ${at(pod)}`);
      return [tell('no-proxy', { pod }, { from, fixes: [see] })];
    }
    case 'custom':
      return [tell('custom-template', { pod, added: listed(role.added) }, { from })];
    case 'ambient':
      return [tell('ambient', { pod, node }, { from, fixes: findZtunnel(pod.namespace, node) })];
    case 'control-plane': {
      const list = inspect('List the proxies it serves', istioctl`proxy-status -v 1`);
      return [tell('is-istiod', { pod }, { from, fixes: [list] })];
    }
    default:
      return [];
  }
}

function notRunning(got: Known<Pod>, role: MeshRole): readonly Found[] {
  const { ref: pod } = got.value;
  const from = cite(got);
  // Kubernetes calls a pod Pending until its restartable init containers have started, and a native sidecar that is not
  // ready has not (KEP-753): its proxy runs, and its log tells why it is not ready.
  const runs = proxyOf(role)?.state.is === 'running';
  const reason = runs ? undefined : pendingReason(got.value);
  if (reason !== undefined) {
    const wait = describePod('See what it is waiting for', pod);
    return [tell('pending', { pod, reason }, { from, fixes: [wait] })];
  }
  if (role.is === 'proxyless') {
    const read = kubectl`logs ${at(pod)} -c ${role.proxy?.name ?? ''} --tail=100`;
    const fixes = role.proxy ? [inspect("Read the agent's log", read)] : [];
    return [tell('proxyless', { pod }, { from, fixes })];
  }
  const proxy = proxyOf(role);
  const state = downState(role);
  if (!proxy || state === undefined) return [];
  return ranOutOfMemory(proxy)
    ? [tell('proxy-killed', { pod, state }, { from })]
    : [tell('proxy-down', { pod, state }, { from, fixes: [readEnd(pod, proxy.name)] })];
}
