// How `oom` concludes: which container was killed decides where the reason is looked for.
import {
  cite,
  count,
  inspect,
  kubectl,
  skip,
  valueOf,
  withOwn,
  type Answers,
  type Found,
  type Rest,
  type Skip,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { readResources } from '../../../src/model/istio/memory-size.ts';
import { meshRole, proxyName } from '../../../src/model/istio/mesh-pod.ts';
import { sentence } from '../../../src/model/istio/sync-verdict.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { memoryText, readQuantity } from '../../../src/model/kube/quantity.ts';
import { linkerdProxyOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { describePod, readEnd } from '../../shared/kube/fixes.ts';
import { oom, sees, type Case } from './checks.ts';
import {
  endText,
  eviction,
  oomReason,
  proxyDeath,
  whenText,
  type Death,
  type Eviction,
} from './deaths.ts';
import { giveMore, placeOf, raiseOther } from './fixes.ts';
import { agentBytes, nearLimit, proxyIn, usedBy } from './memory.ts';
import { reasons, type ProxyCase, type Reason } from './reasons.ts';
import { tell } from './says.ts';

export const end = oom({
  id: 'end',
  asks: 'Which container was killed, by what, and why?',
  why: 'Each container needs its own fix. More memory helps at once; only fixing the reason helps for good.',
  rulesOut: 'an OOM-killed container',
  uses: [],
  sees,
  judge: (_, seen, { root }) => conclude(seen, root),
});

function conclude(seen: Partial<Answers<typeof sees>>, root: string): readonly Found[] | Skip {
  const { end: got } = seen;
  if (got?.pod.kind !== 'known') return skip('the pod could not be read');
  const { pod: about, deaths } = got;
  const c = withOwn(seen, { about, deaths, root, proxy: proxyIn(about) });
  const evict = eviction(about.value);
  if (evict) return [evicted(c, evict)];
  const found = [...ofProxy(c), ...deaths.flatMap((death) => ofOther(c, death))];
  const unknown = [got.events, got.node, got.agent].some((answer) => answer?.kind === 'unknown');
  return deaths.length === 0 && found.length === 0 && unknown
    ? skip('some of what would show a kill could not be read')
    : found;
}

function evicted({ about, proxy, end, use }: Case, { resource, over }: Eviction): Found {
  const { ref, node = '' } = about.value;
  const own = over.find(({ container }) => container === proxyName);
  const says = over.map(
    (o) => `Container ${o.container} used ${o.used} and requests ${o.request}.`,
  );
  const figures = { usage: readQuantity(own?.used), peak: undefined, killedAtLimit: false };
  const more = proxy && own && giveMore(about.value, proxy, use?.resources, figures);
  const see = inspect('See what the node is low on', kubectl`describe node ${node}`);
  const rest = { from: cite(about, end?.events, end?.node), fixes: more ? [see, more] : [see] };
  return tell('evicted', { pod: ref, node, resource, requests: says.join(' ') }, rest);
}

function ofOther({ about, proxy, deaths, end }: Case, death: Death): readonly Found[] {
  const { container, shape, whose, line = '' } = death;
  const pod = about.value;
  const { ref, node = '' } = pod;
  const limit = readResources(container.resources).memoryLimit;
  const slots = {
    ...{ pod: ref, container: container.name, end: endText(death.end), line, node },
    limit: limit === undefined ? 'not set' : memoryText(limit),
    over: overText(limit),
  };
  const when = whenText(death);
  const logs = readEnd(ref, container.name);
  const byEvents = cite(about, end?.events);
  if (shape === 'probe') {
    const probe = /startup probe/.test(line) ? 'startup' : 'liveness';
    const fixes = [describePod('See the probe and how it failed', ref), logs];
    return [tell('killed-by-probe', { ...slots, probe }, { from: byEvents, ...when, fixes })];
  }
  if (shape === 'node-oom') {
    const fixes = [
      inspect('See how much memory the pods of the node request', kubectl`describe node ${node}`),
    ];
    // The event names a process, not its pod: another pod of the node may have one of that name.
    const rest = { from: cite(about, end?.node), sure: false, since: when.since, fixes };
    return [tell('node-oom', slots, rest)];
  }
  const sure = shape === 'oom-killed';
  const rest = { from: sure ? cite(about) : byEvents, sure, ...when, fixes: [logs] };
  const raised = { ...rest, fixes: [logs, ...raiseOther(pod, death)] };
  switch (whose) {
    case 'proxy':
      return [];
    case 'init':
      return sure ? [tell('init-oom-killed', slots, rest)] : [];
    case 'linkerd-proxy':
      return [
        tell('linkerd-proxy-killed', { ...slots, apart: apartFrom(deaths, 'application') }, raised),
      ];
    case 'application': {
      const beside = proxy ?? linkerdProxyOf(pod);
      const apart = apartFrom(deaths, 'proxy');
      const own = { ...slots, apart, proxy: proxyText(beside, deaths) };
      if (!sure) return [tell('app-killed', own, rest)];
      const avoid =
        beside && !isProxyKilled(deaths)
          ? 'Do not raise the memory of the proxy: the application is killed, not the proxy.'
          : undefined;
      return [tell('app-oom-killed', own, { ...raised, avoid })];
    }
  }
}

/** With its subject: "it exceeds its memory limit of 256Mi". */
function overText(limit: number | undefined): string {
  return limit === undefined
    ? 'runs out of memory without a limit of its own'
    : `exceeds its memory limit of ${memoryText(limit)}`;
}

function proxyText(proxy: Container | undefined, deaths: readonly Death[]): string {
  if (!proxy) return 'The pod has no proxy.';
  if (isProxyKilled(deaths)) return 'Its proxy was killed too.';
  const { restarts } = proxy;
  return restarts === 0
    ? 'Its proxy never restarted.'
    : `Its proxy restarted ${count(restarts, 'time')}.`;
}

/** Where only one of the two was killed, that is worth saying. */
function apartFrom(deaths: readonly Death[], other: 'application' | 'proxy'): string {
  const isKilled =
    other === 'proxy' ? isProxyKilled(deaths) : deaths.some(({ whose }) => whose === other);
  return isKilled ? '' : `, not the ${other},`;
}

function isProxyKilled(deaths: readonly Death[]): boolean {
  return deaths.some(({ whose }) => whose === 'proxy' || whose === 'linkerd-proxy');
}

/** How it was killed, or that it is near its limit; then why. */
function ofProxy(seen: Case): readonly Found[] {
  const { about, deaths, proxy, use } = seen;
  if (!proxy) return [];
  const death = proxyDeath(deaths);
  const used = usedBy(use?.usage, proxy);
  if (!death && !nearLimit(proxy, used)) return [];
  const limit = readResources(proxy.resources).memoryLimit;
  const c = withOwn(seen, { proxy, role: meshRole(about.value), limit, used });
  // SIGKILL alone says nothing of memory: only a figure near the limit does.
  if (death?.shape === 'killed' && !isFull(c)) return [sigkilled(c, death)];
  const why = reasons(c);
  return [death ? killed(c, death, why) : near(c, why), ...why.map(({ found }) => found)];
}

function isFull({ proxy, used, envoy }: ProxyCase): boolean {
  const own = valueOf(envoy);
  return nearLimit(proxy, Math.max(used ?? 0, own ? own.heap + agentBytes : 0));
}

function sigkilled(c: ProxyCase, death: Death): Found {
  const { about, end, use, envoy, limit } = c;
  const { ref } = about.value;
  const slots = {
    pod: ref,
    end: endText(death.end),
    limit: limit === undefined ? 'no memory limit' : `a memory limit of ${memoryText(limit)}`,
    now: nowText(c),
  };
  const from = cite(about, end?.events, use?.usage, envoy);
  const fixes = [
    readEnd(ref, proxyName),
    describePod('See its events, and who deleted or probed it', ref),
  ];
  return tell('proxy-sigkill', slots, { from, ...whenText(death), fixes });
}

function near(c: ProxyCase, why: readonly Reason[]): Found {
  const { about, use, used = 0, limit = 0 } = c;
  const figures = { used: memoryText(used), limit: memoryText(limit) };
  const slots = { pod: about.value.ref, ...figures, why: whyText(why) };
  return tell('near-limit', slots, { from: cite(about, use?.usage), ...remedy(c, why) });
}

function killed(c: ProxyCase, death: Death, why: readonly Reason[]): Found {
  const { about, end, use, envoy, limit } = c;
  const { shape, line } = death;
  const slots = {
    pod: about.value.ref,
    over: overText(limit),
    end: endText(death.end),
    line: line && `The agent says: ${sentence(line.replace(/^\d{4}-\S+Z\s+/, ''))}`,
    effect: effectText(about.value),
    why: whyText(why),
    now: nowText(c),
  };
  const events = shape === 'killed' ? end?.events : undefined;
  const whole = shape === 'killed' ? 'proxy-killed' : 'proxy-oom-killed';
  return tell(shape === 'envoy-killed' ? shape : whole, slots, {
    from: cite(about, events, end?.agent, use?.usage, use?.resources, envoy),
    // A person can kill it too; only the runtime knows that the kernel did.
    sure: death.end.reason === oomReason,
    ...whenText(death),
    ...remedy(c, why, true),
  });
}

/** More memory, less config, fewer metrics: those that would help. */
function remedy(
  { about, proxy, used, use, envoy }: ProxyCase,
  why: readonly Reason[],
  killedAtLimit = false,
): Pick<Rest, 'avoid' | 'fixes'> {
  const pod = about.value;
  const own = valueOf(envoy);
  // Envoy rarely gives heap back, so its heap shows what it needed before.
  const peak = own && own.heap + agentBytes;
  const against = (id: string) => why.find(({ found }) => found.id === id)?.fixes ?? [];
  return {
    avoid:
      placeOf(pod) === 'annotations'
        ? "Do not set only some of the proxy's four resource annotations (proxyCPU, proxyCPULimit, proxyMemory, proxyMemoryLimit): that drops the mesh's defaults."
        : undefined,
    fixes: [
      giveMore(pod, proxy, use?.resources, { usage: used ?? peak, peak, killedAtLimit }),
      ...against('too-much-config'),
      ...against('too-many-stats'),
      ...against('too-many-names'),
    ],
  };
}

/** What the kill did to traffic: a native sidecar restarts while the application keeps running. */
function effectText(pod: Pod): string {
  const role = meshRole(pod);
  if (role.is === 'gateway' || role.is === 'waypoint')
    return `Every connection through ${pod.ref.name} was cut.`;
  if (role.is === 'sidecar' && role.native) {
    const cut = 'connections were cut (503 UF or UC at its callers) until the proxy was back.';
    return hasEnded(pod) ? `The pod's ${cut}` : `The application kept running; its ${cut}`;
  }
  return 'Every connection of the pod was cut (503 UF or UC at its callers), and the pod was not ready until the proxy was back.';
}

/** A container of the application has ended too, or waits to start again. */
function hasEnded({ containers }: Pod): boolean {
  return containers.some(
    ({ role, restarts, state }) => role === 'main' && (restarts > 0 || state.is !== 'running'),
  );
}

function whyText([first, second]: readonly Reason[]): string {
  if (!first) return 'Why: its load and its limit; no other reason was found.';
  return `Why: ${first.short}${second ? `; also, ${second.short}` : ''}.`;
}

function nowText({ used, use, envoy }: ProxyCase): string {
  const own = valueOf(envoy);
  if (used !== undefined) {
    const part = own ? `, of which Envoy's heap is ${memoryText(own.heap)}` : '';
    return `It uses ${memoryText(used)} now${part}.`;
  }
  const heap = own ? `Envoy's heap is ${memoryText(own.heap)}` : '';
  if (use?.usage.kind !== 'absent') return heap && `${heap}.`;
  return `The metrics API does not show its use now${heap && `; ${heap}`}.`;
}
