// How `oom` concludes about the proxy: how it was killed, why there was too little memory, what would help.
import { cite, valueOf, type Answer, type Known, type Seen } from '../../../../src/authoring.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import { endText, type Death } from '../deaths.ts';
import { nearLimit, reasons, resourcesOf, type Reason, type Source } from '../reasons.ts';
import type { Container } from '../../../../src/model/kube/container.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { memoryText } from '../../../../src/model/kube/quantity.ts';
import { proxyDeath, proxyIn, usedBy, type Input, type OomSay, type Sofar } from '../read.ts';
import { effectText, fixSlots, scopeSlots, sinceText, timesText } from '../slots.ts';

/** Whether there was anything to say. */
export function proxy(say: OomSay, input: Input, sofar: Sofar): boolean {
  const { containers: end } = sofar;
  const own = end && proxyIn(end);
  if (!end || !own || end.pod.kind !== 'known') return false;
  const about = end.pod;
  const death = proxyDeath(end);
  const near = nearLimit(own, usedBy(sofar.usage, own.name));
  if (!death && !near) return false;
  const found = reasonsOf(about.value, own, sofar);
  const slots = allSlots(about.value, own, found, death, input, sofar);
  if (death) sayDeath(death, about, slots, say, sofar);
  else say('near-limit', slots, ...cite(about, sofar.usage?.usage));
  for (const reason of found) sayReason(reason, about, say, sofar);
  return true;
}

function reasonsOf(pod: Pod, proxy: Container, sofar: Sofar): readonly Reason[] {
  const { usage: use, envoy, config, stats, containers } = sofar;
  return reasons({
    pod,
    role: meshRole(pod),
    proxy,
    resources: use?.resources && valueOf(use.resources),
    usage: usedBy(use, proxy.name),
    envoy: valueOf(envoy),
    scope: valueOf(config?.scope),
    called: valueOf(config?.called),
    stats: valueOf(stats),
    node: valueOf(containers?.node),
  });
}

const dontDrop =
  'Do not set one of the four resource annotations alone: that drops the defaults of the others.';

function allSlots(
  pod: Pod,
  proxy: Container,
  found: readonly Reason[],
  death: Death | undefined,
  input: Input,
  sofar: Sofar,
) {
  const { usage: use, envoy, config } = sofar;
  const used = usedBy(use, proxy.name);
  const resources = valueOf(use?.resources);
  const limit = resourcesOf(proxy).memoryLimit;
  const figures = {
    usage: used,
    envoy: valueOf(envoy),
    killedAtLimit: death !== undefined,
  };
  const isBig = found.some(({ id }) => id === 'too-much-config');
  const called = isBig ? valueOf(config?.called) : undefined;
  const stats = found.find(({ id }) => id === 'too-many-stats')?.says ?? '';
  const fix = fixSlots(pod, resources, figures);
  return {
    ...fix,
    avoid: fix.way === 'annotations' ? dontDrop : '',
    ...scopeSlots(pod, resources, called, valueOf(envoy), input.root),
    stats,
    pod: input.pod,
    used: used === undefined ? '' : memoryText(used),
    limit: limit === undefined ? '' : memoryText(limit),
    at: limit === undefined ? 'without a limit of its own' : `at its limit of ${memoryText(limit)}`,
    why: whyText(found),
    now: nowText(sofar, proxy),
  };
}

function whyText([first, second]: readonly Reason[]): string {
  if (!first) return 'Why: nothing else was found than its load and its limit.';
  return `Why: ${first.short}${second ? `; and ${second.short}` : ''}.`;
}

function nowText({ usage: use, envoy }: Sofar, proxy: Container): string {
  const used = usedBy(use, proxy.name);
  const own = valueOf(envoy);
  const heap = own ? `, of which Envoy's heap is ${memoryText(own.heap)}` : '';
  if (used !== undefined) return `It uses ${memoryText(used)} now${heap}.`;
  const alone = own ? ` Envoy's heap alone is ${memoryText(own.heap)}.` : '';
  return use?.usage.kind === 'absent'
    ? `What it uses now is not measured: the metrics API has no figures for it.${alone}`
    : alone.trim();
}

function sayDeath(
  death: Death,
  about: Known<Pod>,
  slots: ReturnType<typeof allSlots>,
  say: OomSay,
  sofar: Sofar,
): void {
  const { container, end: ended, shape, line } = death;
  const { events, agent } = sofar.containers ?? {};
  const all = {
    ...slots,
    end: endText(ended),
    effect: effectText(about.value, slots.pod),
    times: timesText(container),
    since: sinceText(ended),
    line: line === undefined ? '' : `The agent says: ${sentence(line)}`,
  };
  const proof = cite(about, agent, sofar.usage?.usage, sofar.usage?.resources, sofar.envoy);
  if (shape === 'oom-killed') say('proxy-oom-killed', all, ...proof);
  else if (shape === 'killed') say.likely('proxy-killed', all, ...cite(about, events, ...proof));
  // A person, too, can kill an Envoy; only the runtime knows that it was the kernel.
  else if (ended.reason === 'OOMKilled') say('envoy-killed', all, ...proof);
  else say.likely('envoy-killed', all, ...proof);
}

function sentence(line: string): string {
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function sayReason(reason: Reason, about: Known<Pod>, say: OomSay, sofar: Sofar): void {
  const { ref } = about.value;
  const slots = {
    reason: reason.says,
    namespace: ref.namespace,
    name: ref.name,
    calls: callsText(sofar),
  };
  const [first, ...others] = reason.from.map((source) => answerOf(source, about, sofar));
  const seen = [first, ...others].filter((a): a is Seen => a !== undefined && a.kind !== 'unknown');
  const proof = cite(seen[0] ?? about, ...seen.slice(1));
  if (reason.sure) say(reason.id, slots, ...proof);
  else say.likely(reason.id, slots, ...proof);
}

function answerOf(source: Source, about: Known<Pod>, sofar: Sofar): Answer<unknown> | undefined {
  switch (source) {
    case 'pod':
      return about;
    case 'resources':
      return sofar.usage?.resources;
    case 'usage':
      return sofar.usage?.usage;
    case 'envoy':
      return sofar.envoy;
    case 'scope':
      return sofar.config?.scope;
    case 'stats':
      return sofar.stats;
  }
}

/** Why there is no Sidecar to paste, when there is none. */
function callsText({ config }: Sofar): string {
  const calls = config?.called;
  if (!calls)
    return 'What it calls was not asked: Envoy would need more memory to tell than it has left.';
  if (calls.kind !== 'known') return 'What it calls could not be asked.';
  return calls.value.called.length === 0 ? 'It has called nothing yet since Envoy started.' : '';
}
