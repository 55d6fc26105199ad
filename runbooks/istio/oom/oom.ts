// A container that was killed for want of memory: which one, how, and why. The proxy is not the application. What it
// can say is in oom.findings.ts, how it concludes in oom.judge.ts (whose end it was), oom.judge-proxy.ts and oom.judge-others.ts.
import { cite, defineRunbook, detector, input, skip, valueOf } from '../../../src/authoring.ts';
import { agentEnd } from '../../../src/facts/istio/agent-end.ts';
import { called } from '../../../src/facts/istio/called.ts';
import { envoyMemory } from '../../../src/facts/istio/envoy-memory.ts';
import { meshRole, proxyOf, revisionOf } from '../../../src/model/istio/mesh-pod.ts';
import { deaths, endText, eviction, lastEnd } from './deaths.ts';
import { affordsClusterPage } from './reasons.ts';
import { proxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import { sidecarScope } from '../../../src/facts/istio/sidecar-scope.ts';
import { statLines } from '../../../src/facts/istio/stat-lines.ts';
import { node } from '../../../src/facts/kube/node.ts';
import { podEvents } from '../../../src/facts/kube/pod-events.ts';
import type { Terminated } from '../../../src/model/kube/container.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { usage } from '../../../src/facts/kube/usage.ts';
import { findings } from './says.ts';
import * as judge from './judge.ts';
import { hasTrouble, proxyIn, usedBy } from './read.ts';

const container = 'istio-proxy';
const adminPort = 15_000;
const calm = 'no Istio proxy of the pod was killed for memory, or is near its limit';

export default defineRunbook({
  id: 'oom',
  aliases: ['oomkilled', 'sidecar-oom'],
  title: 'Container killed for memory',
  symptom:
    'A pod restarts with OOMKilled or exit code 137, or its proxy ends again and again without a word.',
  words: [
    'out of memory',
    'crash loop',
    'CrashLoopBackOff',
    'keeps restarting',
    'exit code 137',
    'memory limit',
  ],
  input: { pod: input.pod('the pod with a container that was killed') },
  findings,
  detect: detector({
    asks: 'Was a container of the pod killed for memory?',
    rulesOut: 'a container killed for memory',
    uses: [pod, agentEnd],
    gather: async (look, { pod: ref }) => {
      const about = await look(pod, { pod: ref });
      const value = valueOf(about);
      const ended = value !== undefined && proxyHasEnded(value);
      return { about, agent: ended ? await look(agentEnd, { pod: ref, container }) : undefined };
    },
    judge: ({ about, agent }) => {
      if (about.kind !== 'known') return undefined;
      const from = cite(about, agent);
      if (eviction(about.value)) return { says: 'The pod was evicted.', from };
      const witness = { pod: about.value, events: undefined, node: undefined };
      const [first] = deaths({ ...witness, agent: valueOf(agent) });
      if (!first) return undefined;
      const says = `Container ${first.container.name} ended with ${endText(first.end)}.`;
      return { says, from };
    },
  }),
})
  .step('containers', {
    asks: 'What became of its containers?',
    why: 'A status alone is not enough: a probe, a full node and a limit end with the same exit code.',
    uses: [pod, podEvents, node, agentEnd],
    gather: async (look, { pod: ref }) => {
      const [about, events] = await Promise.all([
        look(pod, { pod: ref }),
        look(podEvents, { pod: ref }),
      ]);
      const value = valueOf(about);
      const [onNode, agent] = await Promise.all([
        value?.node !== undefined && hasEnded(value) ? look(node, { node: value.node }) : undefined,
        value && proxyHasEnded(value) ? look(agentEnd, { pod: ref, container }) : undefined,
      ]);
      return { pod: about, events, node: onNode, agent };
    },
    judge: () => undefined,
  })
  .step('usage', {
    asks: 'How much memory does the proxy use, and how much may it?',
    why: 'A limit far above what is used and one just below it need opposite fixes.',
    uses: [pod, usage, proxyResources],
    gather: async (look, { pod: ref, root, revision }) => {
      const [used, about] = await Promise.all([look(usage, { pod: ref }), look(pod, { pod: ref })]);
      const value = valueOf(about);
      const role = value && meshRole(value);
      const resources =
        value && role && proxyOf(role)
          ? await look(proxyResources, {
              workload: value.workload,
              root,
              revision: revision ?? revisionOf(value),
              role: role.is === 'waypoint' ? 'waypoint' : 'proxy',
            })
          : undefined;
      return { usage: used, resources };
    },
    judge: () => undefined,
  })
  .step('envoy', {
    asks: 'What does Envoy hold in memory?',
    why: 'Config, metrics and connections each leave their own trace in its figures.',
    uses: [envoyMemory],
    after: ['containers'],
    gather: async (look, { pod: ref }, { containers: end }) =>
      proxyIn(end)?.state.is === 'running'
        ? look(envoyMemory, { pod: ref, container, port: adminPort })
        : undefined,
    judge: (got) => (got === undefined ? skip('no Istio proxy runs in the pod now') : undefined),
  })
  .step('config', {
    asks: 'How much config is it sent, and how much of it does it use?',
    why: 'Without a Sidecar every proxy holds the whole mesh, and each service costs about 90 kB.',
    uses: [sidecarScope, called],
    after: ['containers', 'usage', 'envoy'],
    when: ({ containers: end, usage: use }) => hasTrouble(end, use) || skip(calm),
    gather: async (look, { pod: ref, root }, { containers: end, usage: use, envoy }) => {
      const proxy = proxyIn(end);
      const own = valueOf(envoy);
      const labels = valueOf(end.pod)?.labels ?? {};
      const affords = proxy && affordsClusterPage(proxy, usedBy(use, container), own);
      const [scope, calls] = await Promise.all([
        look(sidecarScope, { pod: ref, labels, root }),
        affords ? look(called, { pod: ref, container, port: adminPort }) : undefined,
      ]);
      return { scope, called: calls };
    },
    judge: () => undefined,
  })
  .step('stats', {
    asks: 'How many metrics does it keep?',
    why: 'A label with a value for each request is kept for ever, and grows until the end.',
    uses: [statLines],
    after: ['containers', 'usage', 'envoy'],
    when: (earlier) => {
      if (!hasTrouble(earlier.containers, earlier.usage)) return skip(calm);
      return earlier.envoy?.kind === 'known' || skip('Envoy does not answer');
    },
    gather: (look, { pod: ref }, { containers: end }) => {
      const value = valueOf(end.pod);
      return look(statLines, { pod: ref, port: adminPort, all: value ? keepsMore(value) : false });
    },
    judge: () => undefined,
  })
  .step('end', {
    asks: 'Which container was killed, by whom, and why?',
    why: 'The application is not the proxy; and more memory helps at once, but only the reason for good.',
    rulesOut: 'a container killed for memory',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: judge.end,
  });

function hasEnded(about: Pod): boolean {
  const ended = about.containers.map(lastEnd);
  return about.reason !== undefined || ended.some((end) => end && !isOrdinary(end));
}

/** An init container that did its work. */
function isOrdinary({ reason, exitCode }: Terminated): boolean {
  return reason === 'Completed' && exitCode === 0;
}

function proxyHasEnded(about: Pod): boolean {
  const proxy = proxyOf(meshRole(about));
  return proxy !== undefined && (proxy.restarts > 0 || lastEnd(proxy) !== undefined);
}

/** The pod asks for more of Envoy's own metrics than Istio keeps (istio.io/api mesh/v1alpha1 ProxyConfig proxyStatsMatcher). */
function keepsMore({ annotations, containers }: Pod): boolean {
  const proxyConfig = containers.find(({ name }) => name === container)?.env['PROXY_CONFIG'] ?? '';
  const said = `${annotations['proxy.istio.io/config'] ?? ''} ${proxyConfig}`;
  return (
    said.includes('proxyStatsMatcher') ||
    Object.keys(annotations).some((name) => name.startsWith('sidecar.istio.io/statsInclusion'))
  );
}
