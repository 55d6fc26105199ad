// How `oom` concludes about what is not the proxy's memory: the application, init containers, probes, the node.
import { cite, valueOf } from '../../../../src/authoring.ts';
import { endText, eviction, type Death } from '../deaths.ts';
import { resourcesOf } from '../reasons.ts';
import { linkerdProxyOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import type { Container } from '../../../../src/model/kube/container.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { memoryQuantity, memoryText, readQuantity } from '../../../../src/model/kube/quantity.ts';
import { proxyIn, type End, type Input, type OomSay, type Sofar } from '../read.ts';
import { fixSlots, places, sinceText, timesText } from '../slots.ts';

export function sayEvicted(
  got: End,
  say: OomSay,
  { pod: ref }: Input,
  { usage: use }: Sofar,
): void {
  const about = valueOf(got.pod);
  const evicted = about && eviction(about);
  if (!about || !evicted || got.pod.kind !== 'known') return;
  const proxy = evicted.over.find(({ container }) => container === 'istio-proxy');
  const over = evicted.over.map(
    ({ container, used, request }) =>
      `Container ${container} used ${used} and requests ${request}.`,
  );
  const slots = {
    ...(proxy
      ? fixSlots(about, valueOf(use?.resources), {
          usage: readQuantity(proxy.used),
          envoy: undefined,
          killedAtLimit: false,
        })
      : places(about)),
    pod: ref,
    resource: evicted.resource,
    over: over.join(' '),
    node: about.node ?? '',
  };
  say('evicted', slots, ...cite(got.pod, got.events, got.node));
}

export function sayDeath(
  death: Death,
  all: readonly Death[],
  got: End,
  say: OomSay,
  { pod: ref }: Input,
): void {
  const about = valueOf(got.pod);
  if (!about || got.pod.kind !== 'known') return;
  const { container, end: ended, shape, line = '' } = death;
  const slots = {
    pod: ref,
    namespace: ref.namespace,
    name: ref.name,
    container: container.name,
    end: endText(ended),
    times: timesText(container),
    since: sinceText(ended),
  };
  if (shape === 'probe') {
    const probe = /startup probe/.test(line) ? 'startup' : 'liveness';
    say('killed-by-probe', { ...slots, probe, line }, ...cite(got.pod, got.events));
  } else if (shape === 'node-oom') {
    const node = about.node ?? '';
    // The event names a process, not its pod: another pod of the node may have one of that name.
    say.likely('node-oom', { ...slots, node, line }, ...cite(got.pod, got.node));
  } else if (death.whose === 'init') {
    if (shape === 'oom-killed') {
      say('init-oom-killed', { ...slots, limit: limitText(container) }, got.pod);
    }
  } else if (death.whose === 'linkerd-proxy') {
    const own = {
      ...slots,
      ...places(about),
      limit: limitText(container),
      raised: raisedText(container, about),
    };
    if (shape === 'oom-killed') say('linkerd-proxy-killed', own, got.pod);
    else say.likely('linkerd-proxy-killed', own, ...cite(got.pod, got.events));
  } else if (death.whose === 'application') {
    const alone = !all.some(({ whose }) => whose === 'proxy' || whose === 'linkerd-proxy');
    const own = { ...slots, limit: limitText(container), uses: '', proxy: proxyText(got, alone) };
    if (shape === 'oom-killed') {
      const raised = raisedText(container, about);
      const avoid = anyProxyIn(got)
        ? 'Do not raise the memory of the proxy: it is not what ends.'
        : '';
      say('app-oom-killed', { ...own, ...places(about), raised, avoid }, got.pod);
    } else say.likely('app-killed', own, ...cite(got.pod, got.events));
  }
}

function limitText(container: Container): string {
  const limit = resourcesOf(container).memoryLimit;
  return limit === undefined ? 'not set' : memoryText(limit);
}

/** Twice the limit; '' where no template can be changed. */
function raisedText(container: Container, { workload }: Pod): string {
  const limit = resourcesOf(container).memoryLimit;
  const can = workload && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(workload.kind);
  return limit === undefined || !can ? '' : memoryQuantity(limit * 2);
}

/** Istio's or Linkerd's. */
function anyProxyIn(got: End): Container | undefined {
  const about = valueOf(got.pod);
  return proxyIn(got) ?? (about && linkerdProxyOf(about));
}

function proxyText(got: End, alone: boolean): string {
  const proxy = anyProxyIn(got);
  if (!proxy) return 'The pod has no proxy.';
  const { restarts } = proxy;
  if (!alone) return 'Its proxy was killed too.';
  return restarts === 0 ? 'Its proxy never restarted.' : `Its proxy restarted ${restarts} times.`;
}
