// What is wrong with linkerd-viz itself. Its Prometheus keeps six hours, by default on an emptyDir, so a new pod loses them
// (linkerd2 viz/charts/linkerd-viz/values.yaml prometheus, templates/prometheus.yaml).
import {
  cite,
  count,
  inspect,
  kubectl,
  listed,
  restartNamed,
  valueOf,
  type Found,
  type Known,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { partOf, prometheusUrl, type Viz } from '../../../../src/facts/linkerd/viz.ts';
import { stateText, type Container } from '../../../../src/model/kube/container.ts';
import { makerOf } from '../../../../src/model/kube/subject.ts';
import { linkerdProxyOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import { labelViz, raiseMemory } from '../fixes.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';

/** Its parts, and what does not work while one is down. */
const effects = {
  prometheus: 'While it is down, nothing scrapes the proxies.',
  'metrics-api':
    '`linkerd viz` and the dashboard get their figures from metrics-api; Prometheus may still have them all.',
  tap: '`linkerd viz tap` and `top` fail; `stat` does not need it.',
  'tap-injector': 'New pods are created without tap; `stat` does not need it.',
  web: 'The dashboard is not available; `linkerd viz stat` does not need it.',
};
type Part = keyof typeof effects;
const parts = Object.keys(effects) as readonly Part[];

/** A server that is down explains why it does not answer. */
export function ofViz(view: View): readonly Found[] {
  const { viz } = view.got;
  if (viz?.kind !== 'known' || view.input.prometheus !== undefined) return [];
  const all = viz.value.pods.length > 0 ? parts : [];
  return [
    ...ofLabels(viz),
    ...all.flatMap((part) => ofPart(part, viz, view)),
    ...ofUnmeshed(viz, view),
    ...ofHistory(viz, view),
    ...ofUrl(viz, view),
  ];
}

/** If the namespace of viz lacks the label, another may have it: both are told. */
function ofLabels(viz: Known<Viz>): readonly Found[] {
  const { namespaces, pods } = viz.value;
  if (namespaces === undefined) return [];
  const names = namespaces.map(({ name }) => name);
  const here = parts.flatMap((part) => partOf(viz.value, part)).map(({ ref }) => ref.namespace);
  const from = [viz] as const;
  const lost = [...new Set(here)]
    .filter((name) => !names.includes(name))
    .map((namespace) => {
      const fixes = [labelViz(namespace, 'on')];
      return tell('viz-label-lost', { namespace }, { from, fixes });
    });
  const empty = names.find((name) => !pods.some(({ ref }) => ref.namespace === name));
  if (names.length < 2 || empty === undefined) return lost;
  const slots = {
    count: `${count(names.length, 'namespace')} (${listed(names)})`,
    namespace: empty,
  };
  const fixes = [labelViz(empty, 'off')];
  return [...lost, tell('viz-doubled', slots, { from, fixes })];
}

/** A part is down when all its pods are. */
function ofPart(part: Part, viz: Known<Viz>, view: View): readonly Found[] {
  const pods = partOf(viz.value, part).filter(({ deleting }) => !deleting);
  const [pod] = pods;
  if (pods.some(({ ready }) => ready) || (!pod && !isExpected(part, viz.value))) return [];
  const from = [viz] as const;
  const down = pod?.containers.find((c) => c.role !== 'init' && !c.ready);
  const why = pod ? whyText(pod, down) : 'it has no pod';
  if (part === 'prometheus' && pod && down && isOutOfMemory(down)) {
    const slots = { container: down.name, why: stateText(down.state), grows: growsText(down) };
    return [tell('viz-out-of-memory', slots, { from, ...ofMemory(pod, down, view) })];
  }
  const namespace = pod?.ref.namespace ?? viz.value.namespaces?.[0]?.name ?? 'linkerd-viz';
  const about = { namespace, pod: pod?.ref.name };
  const fix = pod
    ? inspect(`See why ${part} is down`, kubectl`describe pod ${pod.ref.name} -n ${namespace}`)
    : inspect(`See the Deployments in ${namespace}`, kubectl`get deployments -n ${namespace}`);
  const isNeeded = part === 'prometheus' || part === 'metrics-api';
  const slots = { workload: part, why, effect: effects[part] };
  return [tell(isNeeded ? 'viz-down' : 'viz-part-down', slots, { from, about, fixes: [fix] })];
}

/** With `prometheus.enabled=false` viz reads a Prometheus that is not its own. */
function isExpected(part: Part, viz: Viz): boolean {
  if (part === 'metrics-api') return true;
  return part === 'prometheus' && (prometheusUrl(viz) ?? '').includes('//prometheus.');
}

function whyText({ unscheduled }: Pod, down: Container | undefined): string {
  if (unscheduled !== undefined) return `its pod cannot be scheduled: ${unscheduled}`;
  if (!down) return 'it is not ready';
  const killed = isOutOfMemory(down) ? ', last OOMKilled (out of memory)' : '';
  return `its container ${down.name} is ${stateText(down.state)}${killed}`;
}

function isOutOfMemory({ state, last }: Container): boolean {
  return [state, last].some((one) => one.is === 'terminated' && one.reason === 'OOMKilled');
}

function growsText({ resources }: Container): string | undefined {
  const limit = resources.limits['memory'];
  return limit && `Its memory limit is ${limit}; memory use grows with the number of proxies.`;
}

function ofMemory({ ref, workload }: Pod, container: Container, { verify }: View) {
  const { namespace } = ref;
  const deployment = workload?.name ?? 'prometheus';
  return {
    about: {
      kind: 'Deployment',
      namespace,
      name: deployment,
      deployment,
      container: container.name,
    },
    fixes: [raiseMemory(container, deployment, namespace, verify)],
  };
}

/**
 * Parts that were created while nothing injected: Server prometheus-admin lets in only those with a proxy (linkerd2
 * viz/charts/linkerd-viz/templates/prometheus-policy.yaml; `linkerd viz check`, l5d-viz-pods-injection).
 */
function ofUnmeshed(viz: Known<Viz>, { verify }: View): readonly Found[] {
  const isMeshed = (pod: Pod) => linkerdProxyOf(pod) !== undefined;
  if (!partOf(viz.value, 'prometheus').some(isMeshed)) return [];
  const bare = readers.flatMap((part) => {
    const pod = partOf(viz.value, part).find((one) => !isMeshed(one));
    return pod ? [{ part, pod }] : [];
  });
  const [first] = bare;
  if (!first) return [];
  const have = bare.length === 1 ? 'has' : 'have';
  const slots = { parts: listed(bare.map(({ part }) => part)), have };
  const fixes = bare.map(({ pod }) => {
    const { kind, name, namespace } = makerOf(pod);
    return restartNamed(kind, name, namespace, verify);
  });
  const about = { namespace: first.pod.ref.namespace };
  return [tell('viz-unmeshed', slots, { from: [viz], about, fixes })];
}

/** Parts that read from Prometheus, or are read by those. */
const readers = ['metrics-api', 'web', 'tap'] as const;

/** A server that was killed and runs again. */
function ofHistory(viz: Known<Viz>, view: View): readonly Found[] {
  const killed = partOf(viz.value, 'prometheus').flatMap((pod) =>
    pod.containers
      .filter((c) => c.role === 'main' && c.ready && isOutOfMemory(c))
      .map((container) => ofMemory(pod, container, view)),
  );
  return killed.slice(0, 1).map((rest) => tell('history-lost', {}, { from: [viz], ...rest }));
}

function ofUrl(viz: Known<Viz>, { got: { prometheus } }: View): readonly Found[] {
  const url = prometheusUrl(viz.value);
  if (valueOf(prometheus)?.service !== 'missing' || url === undefined) return [];
  const namespace = partOf(viz.value, 'metrics-api')[0]?.ref.namespace ?? 'linkerd-viz';
  const told = kubectl`get deployment metrics-api -n ${namespace} -o yaml`;
  const there = kubectl`get services -A -l app.kubernetes.io/name=prometheus`;
  const fixes = [
    inspect('See which address metrics-api reads', told),
    inspect('See which Prometheus Services exist', there),
  ];
  const about = { kind: 'Deployment', namespace, name: 'metrics-api' };
  const rest = { from: cite(viz, prometheus), about, fixes };
  return [tell('prometheus-url-wrong', { url }, rest)];
}
