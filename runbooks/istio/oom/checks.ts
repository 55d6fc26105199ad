// What `oom` asks, one question a check.
import {
  check,
  skip,
  valueOf,
  type Answers,
  type Known,
  type MeshChoice,
  type PodRef,
} from '../../../src/authoring.ts';
import { agentEnd } from '../../../src/facts/istio/agent-end.ts';
import { called } from '../../../src/facts/istio/called.ts';
import { envoyMemory } from '../../../src/facts/istio/envoy-memory.ts';
import { proxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import { sidecarScope } from '../../../src/facts/istio/sidecar-scope.ts';
import { statLines } from '../../../src/facts/istio/stat-lines.ts';
import { node } from '../../../src/facts/kube/node.ts';
import { podEvents } from '../../../src/facts/kube/pod-events.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { usage } from '../../../src/facts/kube/usage.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { meshRole, proxyName as container, revisionOf } from '../../../src/model/istio/mesh-pod.ts';
import { deaths, eviction, hasEnded, proxyDeath, proxyHasEnded, type Death } from './deaths.ts';
import { affordsClusterPage, nearLimit, proxyIn, usedBy } from './memory.ts';

const port = 15_000;
const calm = 'no Istio proxy in the pod was OOM-killed or is near its memory limit';

type Input = MeshChoice & { readonly pod: PodRef };
export const oom = check<Input>();

export const containers = oom({
  id: 'containers',
  asks: 'What happened to its containers?',
  why: 'Its status is not enough: a failed probe, a full node and a memory limit give the same exit code.',
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
    const witness = { events: valueOf(events), node: valueOf(onNode), agent: valueOf(agent) };
    const dead = value ? deaths({ pod: value, ...witness }) : [];
    return { pod: about, events, node: onNode, agent, deaths: dead };
  },
});

export const use = oom({
  id: 'usage',
  asks: 'How much memory does the proxy use, and what is its limit?',
  why: 'A limit far above the use and one just below it need opposite fixes.',
  uses: [pod, usage, proxyResources],
  gather: async (look, { pod: ref, root, revision }) => {
    const used = look(usage, { pod: ref });
    const about = await look(pod, { pod: ref });
    if (about.kind !== 'known' || !proxyIn(about))
      return { usage: await used, resources: undefined };
    const { workload } = about.value;
    const role = meshRole(about.value).is === 'waypoint' ? 'waypoint' : 'proxy';
    const by = { root, revision: revision ?? revisionOf(about.value) };
    const resources = look(proxyResources, { workload, role, ...by });
    return { usage: await used, resources: await resources };
  },
});

/** What shows whether there is anything to explain. */
const ended = { end: containers, use };

export const envoy = oom({
  id: 'envoy',
  asks: 'What does Envoy hold in memory?',
  why: 'Its figures show which of config, metrics and connections takes the memory.',
  uses: [pod, envoyMemory],
  gather: async (look, { pod: ref }) =>
    proxyIn(await look(pod, { pod: ref }))?.state.is === 'running'
      ? look(envoyMemory, { pod: ref, container, port })
      : undefined,
  judge: (got) =>
    got === undefined ? skip('no Istio proxy is running in the pod now') : undefined,
});

export const config = oom({
  id: 'config',
  asks: 'How much config does the proxy get, and how much of it does it use?',
  why: 'Without a Sidecar every proxy gets the config of the whole mesh, about 90 kB for each service.',
  uses: [sidecarScope, called],
  after: { ...ended, envoy },
  when: (earlier) => hasTrouble(earlier) || skip(calm),
  gather: async (look, { pod: ref, root }, { end, use, envoy }) => {
    const proxy = proxyIn(end.pod);
    const labels = valueOf(end.pod)?.labels ?? {};
    const used = proxy && usedBy(use.usage, proxy);
    const affords = proxy && affordsClusterPage(proxy, used, valueOf(envoy));
    const [scope, calls] = await Promise.all([
      look(sidecarScope, { pod: ref, labels, root }),
      affords ? look(called, { pod: ref, container, port }) : undefined,
    ]);
    return { scope, called: calls };
  },
});

export const stats = oom({
  id: 'stats',
  asks: 'How many metrics does the proxy keep?',
  why: 'A label with a new value for each request adds metrics until the proxy is killed.',
  uses: [statLines],
  after: { ...ended, envoy },
  when: (earlier) => {
    if (!hasTrouble(earlier)) return skip(calm);
    return earlier.envoy?.kind === 'known' || skip('Envoy does not answer');
  },
  gather: (look, { pod: ref }, { end }) => {
    const value = valueOf(end.pod);
    return look(statLines, { pod: ref, port, all: value ? keepsMore(value) : false });
  },
});

/** What the conclusion reads. */
export const sees = { ...ended, envoy, config, stats };
export type Case = Partial<Answers<typeof sees>> & {
  readonly about: Known<Pod>;
  readonly deaths: readonly Death[];
  /** Istio's. */
  readonly proxy: Container | undefined;
  readonly root: string;
};

/** Whether there is anything to explain: the proxy was OOM-killed, or soon may be. */
function hasTrouble({ end, use }: Answers<typeof ended>): boolean {
  const proxy = proxyIn(end.pod);
  const about = valueOf(end.pod);
  if (!proxy || !about) return false;
  if (proxyDeath(end.deaths) || eviction(about)) return true;
  return nearLimit(proxy, usedBy(use.usage, proxy));
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
