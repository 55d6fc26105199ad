// How `oom` concludes about what is not the proxy's memory: the application, init containers, probes, the node.
import { cite, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Container } from '../../../../src/model/kube/container.ts';
import { memoryText, readQuantity } from '../../../../src/model/kube/quantity.ts';
import { linkerdProxyOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import type { Case } from '../checks.ts';
import { endText, proxyName, whenText, type Death, type Eviction } from '../deaths.ts';
import { raiseOther, raiseProxy, readEnd, seeNode, seeProbe } from '../fixes.ts';
import { proxyIn, resourcesOf, sizeFor } from '../memory.ts';
import { tell } from '../says.ts';

export function evicted({ about, end, use }: Case, { resource, over }: Eviction): Found {
  const pod = about.value;
  const proxy = proxyIn(about);
  const own = over.find(({ container }) => container === proxyName);
  const now = valueOf(use?.resources);
  const says = over.map(
    ({ container, used, request }) =>
      `Container ${container} used ${used} and requests ${request}.`,
  );
  return tell(
    'evicted',
    { pod: pod.ref, resource, over: says.join(' ') },
    {
      from: cite(about, end?.events, end?.node),
      fixes: [
        seeNode('See what the node lacks', pod),
        ...(proxy && own
          ? [raiseProxy(pod, now, sizeFor(proxy, now, { used: readQuantity(own.used) }))]
          : []),
      ],
    },
  );
}

export function ofOther(c: Case, death: Death): readonly Found[] {
  const { about, end } = c;
  const { container, shape, whose, line = '' } = death;
  const pod = about.value;
  const limit = resourcesOf(container).memoryLimit;
  const slots = {
    pod: pod.ref,
    container: container.name,
    end: endText(death.end),
    limit: limit === undefined ? 'not set' : memoryText(limit),
  };
  const when = whenText(death);
  const logs = readEnd(pod.ref, container);
  const byEvents = cite(about, end?.events);
  if (shape === 'probe') {
    const probe = /startup probe/.test(line) ? 'startup' : 'liveness';
    const fixes = [seeProbe(pod.ref), logs];
    return [tell('killed-by-probe', { ...slots, probe, line }, { from: byEvents, ...when, fixes })];
  }
  if (shape === 'node-oom') {
    const { node = '' } = pod;
    const fixes = [seeNode('See what the node gave away', pod)];
    // The event names a process, not its pod: another pod of the node may have one of that name.
    const rest = { from: cite(about, end?.node), sure: false, since: when.since, fixes };
    return [tell('node-oom', { ...slots, node, line }, rest)];
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
      return [tell('linkerd-proxy-killed', slots, raised)];
    case 'application': {
      const own = { ...slots, proxy: proxyText(c) };
      if (!sure) return [tell('app-killed', own, rest)];
      const avoid = anyProxy(about)
        ? 'Do not raise the memory of the proxy: it is not what ends.'
        : undefined;
      return [tell('app-oom-killed', own, { ...raised, avoid })];
    }
  }
}

/** Istio's or Linkerd's. */
function anyProxy(about: Case['about']): Container | undefined {
  return proxyIn(about) ?? linkerdProxyOf(about.value);
}

function proxyText({ about, deaths }: Case): string {
  const proxy = anyProxy(about);
  if (!proxy) return 'The pod has no proxy.';
  if (deaths.some(({ whose }) => whose === 'proxy' || whose === 'linkerd-proxy'))
    return 'Its proxy was killed too.';
  const { restarts } = proxy;
  return restarts === 0 ? 'Its proxy never restarted.' : `Its proxy restarted ${restarts} times.`;
}
