// What is wrong with linkerd-viz itself. Its Prometheus keeps six hours in memory and an emptyDir, so a restart loses them
// (linkerd2 viz/charts/linkerd-viz/values.yaml prometheus).
import {
  cite,
  count,
  inspect,
  kubectl,
  listed,
  valueOf,
  type Found,
  type Known,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { partOf, prometheusUrl, type Viz } from '../../../../src/facts/linkerd/viz.ts';
import { stateText, type Container } from '../../../../src/model/kube/container.ts';
import { labelViz, raiseMemory } from '../fixes.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';

/** Its parts, and what is missing while one is down. */
const effects = {
  prometheus: 'Nothing reads the proxies while it is down.',
  'metrics-api':
    'Prometheus may have every figure; `linkerd viz` and the dashboard ask metrics-api for them.',
  tap: '`linkerd viz tap` and `top` fail; the figures of `stat` do not need it.',
  'tap-injector': 'New pods are made without tap; the figures of `stat` do not need it.',
  web: 'The dashboard is not served; `linkerd viz stat` does not need it.',
};
type Part = keyof typeof effects;
const parts = Object.keys(effects) as readonly Part[];

/** A server that is down explains why nobody answers for the rest. */
export function ofViz(view: View): readonly Found[] {
  const { viz } = view.got;
  if (viz?.kind !== 'known' || view.input.prometheus !== undefined) return [];
  const all = viz.value.pods.length > 0 ? parts : [];
  return [
    ...ofLabels(viz),
    ...all.flatMap((part) => ofPart(part, viz, view)),
    ...ofHistory(viz, view),
    ...ofUrl(viz, view),
  ];
}

/** Without the label where viz is, another namespace may have it: both are said. */
function ofLabels(viz: Known<Viz>): readonly Found[] {
  const { namespaces, pods } = viz.value;
  if (namespaces === undefined) return [];
  const names = namespaces.map(({ name }) => name);
  const here = parts.flatMap((part) => partOf(viz.value, part)).map(({ ref }) => ref.namespace);
  const from = [viz] as const;
  const lost = [...new Set(here)]
    .filter((name) => !names.includes(name))
    .map((namespace) => {
      const fixes = [labelViz(namespace, 'Put the label back', 'on')];
      return tell('viz-label-lost', { namespace }, { from, fixes });
    });
  const empty = names.find((name) => !pods.some(({ ref }) => ref.namespace === name));
  if (names.length < 2 || empty === undefined) return lost;
  const slots = { count: `${count(names.length, 'namespace')} (${listed(names)})`, empty };
  const fixes = [labelViz(empty, `Take the label off ${empty}`, 'off')];
  return [...lost, tell('viz-doubled', slots, { from, fixes })];
}

/** Where all its pods are down. */
function ofPart(part: Part, viz: Known<Viz>, view: View): readonly Found[] {
  const pods = partOf(viz.value, part).filter(({ deleting }) => !deleting);
  const [pod] = pods;
  if (pods.some(({ ready }) => ready) || (!pod && !isExpected(part, viz.value))) return [];
  const from = [viz] as const;
  const down = pod?.containers.find((c) => c.role !== 'init' && !c.ready);
  const why = pod ? whyText(pod, down) : 'it has no pod';
  if (part === 'prometheus' && pod && down && isOutOfMemory(down)) {
    const slots = { why, grows: growsText(down) };
    return [tell('viz-out-of-memory', slots, { from, ...ofMemory(pod, down, view) })];
  }
  const namespace = pod?.ref.namespace ?? viz.value.namespaces?.[0]?.name ?? 'linkerd-viz';
  const about = { namespace, pod: pod?.ref.name };
  const fix = pod
    ? inspect('See why', kubectl`describe pod ${pod.ref.name} -n ${namespace}`)
    : inspect('See its Deployments', kubectl`get deployments -n ${namespace}`);
  const isNeeded = part === 'prometheus' || part === 'metrics-api';
  const slots = { part, why, effect: effects[part] };
  return [tell(isNeeded ? 'viz-down' : 'viz-part-down', slots, { from, about, fixes: [fix] })];
}

/** A Prometheus of one's own is what `prometheus.enabled=false` is for. */
function isExpected(part: Part, viz: Viz): boolean {
  if (part === 'metrics-api') return true;
  return part === 'prometheus' && (prometheusUrl(viz) ?? '').includes('//prometheus.');
}

function whyText({ unscheduled }: Pod, down: Container | undefined): string {
  if (unscheduled !== undefined) return `no node takes it: ${unscheduled}`;
  if (!down) return 'it is not ready';
  const killed = isOutOfMemory(down) ? ', last killed for memory (OOMKilled)' : '';
  return `its container ${down.name} is ${stateText(down.state)}${killed}`;
}

function isOutOfMemory({ state, last }: Container): boolean {
  return [state, last].some((one) => one.is === 'terminated' && one.reason === 'OOMKilled');
}

function growsText({ resources }: Container): string | undefined {
  const limit = resources.limits['memory'];
  return limit && `Its limit is ${limit}; it grows with the number of proxies.`;
}

function ofMemory({ ref, workload }: Pod, container: Container, { verify }: View) {
  const { namespace } = ref;
  const deployment = workload?.name ?? 'prometheus';
  return {
    about: { namespace, deployment, container: container.name },
    fixes: [raiseMemory(container, deployment, namespace, verify)],
  };
}

/** A server that runs again and lost what it knew. */
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
    inspect('See what metrics-api is told to read', told),
    inspect('See which Prometheus there is', there),
  ];
  const rest = { from: cite(viz, prometheus), about: { namespace }, fixes };
  return [tell('prometheus-url-wrong', { url }, rest)];
}
