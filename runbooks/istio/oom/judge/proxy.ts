// How `oom` concludes about the proxy: how it was killed, why there was too little memory, what would help.
import { cite, valueOf, withOwn, type Found, type Rest } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import { memoryText } from '../../../../src/model/kube/quantity.ts';
import type { Case } from '../checks.ts';
import { endText, proxyDeath, whenText, type Death } from '../deaths.ts';
import { placeOf, raiseProxy } from '../fixes.ts';
import { nearLimit, proxyIn, resourcesOf, sizeFor, usedBy } from '../memory.ts';
import { reasons, type ProxyCase, type Reason } from '../reasons.ts';
import { tell } from '../says.ts';

/** How it was killed, or is near it; then why. */
export function ofProxy(seen: Case): readonly Found[] {
  const { about, deaths, use } = seen;
  const proxy = proxyIn(about);
  if (!proxy) return [];
  const death = proxyDeath(deaths);
  const used = usedBy(use?.usage, proxy);
  if (!death && !nearLimit(proxy, used)) return [];
  const limit = resourcesOf(proxy).memoryLimit;
  const c = withOwn(seen, { proxy, role: meshRole(about.value), limit, used });
  const why = reasons(c);
  return [death ? killed(c, death, why) : near(c, why), ...why.map(({ found }) => found)];
}

function near(c: ProxyCase, why: readonly Reason[]): Found {
  const { about, use, used = 0, limit = 0 } = c;
  return tell(
    'near-limit',
    {
      pod: about.value.ref,
      used: memoryText(used),
      limit: memoryText(limit),
      why: whyText(why),
    },
    { from: cite(about, use?.usage), ...remedy(c, why) },
  );
}

function killed(c: ProxyCase, death: Death, why: readonly Reason[]): Found {
  const { about, end, use, envoy, limit } = c;
  const slots = {
    pod: about.value.ref,
    at: limit === undefined ? 'without a limit of its own' : `at its limit of ${memoryText(limit)}`,
    end: endText(death.end),
    effect: effectText(about.value),
    why: whyText(why),
    now: nowText(c),
  };
  const others = [end?.agent, use?.usage, use?.resources, envoy];
  const from = cite(about, ...others);
  const rest = { ...whenText(death), ...remedy(c, why, true) };
  if (death.shape === 'oom-killed') return tell('proxy-oom-killed', slots, { from, ...rest });
  if (death.shape === 'killed') {
    const byEvents = cite(about, end?.events, ...others);
    return tell('proxy-killed', slots, { from: byEvents, sure: false, ...rest });
  }
  const line = death.line && `The agent says: ${sentence(death.line)}`;
  // A person, too, can kill an Envoy; only the runtime knows that it was the kernel.
  const sure = death.end.reason === 'OOMKilled';
  return tell('envoy-killed', { ...slots, line }, { from, sure, ...rest });
}

/** More memory, less config, fewer metrics: whichever of them would help. */
function remedy(
  c: ProxyCase,
  why: readonly Reason[],
  killedAtLimit = false,
): Pick<Rest, 'avoid' | 'fixes'> {
  const { about, proxy, used, use } = c;
  const pod = about.value;
  const now = valueOf(use?.resources);
  const to = sizeFor(proxy, now, { used, envoy: valueOf(c.envoy), killedAtLimit });
  const against = (id: string) => why.find(({ found }) => found.id === id)?.mends ?? [];
  return {
    avoid:
      placeOf(pod) === 'annotations'
        ? 'Do not set one of the four resource annotations alone: that drops the defaults of the others.'
        : undefined,
    fixes: [raiseProxy(pod, now, to), ...against('too-much-config'), ...against('too-many-stats')],
  };
}

/** What the kill did to traffic: a native sidecar restarts beside a living application. */
function effectText(pod: Pod): string {
  const role = meshRole(pod);
  if (role.is === 'gateway' || role.is === 'waypoint')
    return `Every connection through ${pod.ref.name} was cut.`;
  return role.is === 'sidecar' && role.native
    ? 'The application ran on; its connections were cut (503 UF or UC at its callers) until the proxy was back.'
    : 'Every connection of the pod was cut (503 UF or UC at its callers), and it was not ready until the proxy was back.';
}

function whyText([first, second]: readonly Reason[]): string {
  if (!first) return 'Why: nothing else was found than its load and its limit.';
  return `Why: ${first.short}${second ? `; and ${second.short}` : ''}.`;
}

function nowText({ used, use, envoy }: ProxyCase): string {
  const own = valueOf(envoy);
  const heap = own && memoryText(own.heap);
  if (used !== undefined) {
    const part = heap === undefined ? '' : `, of which Envoy's heap is ${heap}`;
    return `It uses ${memoryText(used)} now${part}.`;
  }
  const alone = heap === undefined ? '' : ` Envoy's heap alone is ${heap}.`;
  return use?.usage.kind === 'absent'
    ? `What it uses now is not measured: the metrics API has no figures for it.${alone}`
    : alone.trim();
}

function sentence(line: string): string {
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
