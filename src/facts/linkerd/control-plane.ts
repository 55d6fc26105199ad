// Linkerd's control plane: where it is, how it was installed, which of its parts are up.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import type { GetQuestion, ListQuestion } from '../../core/question.ts';
import { failure, missedPart } from '../kube/ask.ts';
import { readEvents, type Event } from '../kube/events.ts';
import { configMaps, deployments, events, namespaces, pods } from '../kube/kinds.ts';
import { lastWords } from '../kube/last-words.ts';
import { showEvents } from '../kube/pod-events.ts';
import { eventMoments, podsMade } from '../../model/kube/moments.ts';
import { containerLine } from '../../model/kube/container.ts';
import { readPod, type Pod } from '../kube/pod.ts';
import { number, text } from '../../model/kube/read.ts';
import { readConfig, type LinkerdConfig } from './config.ts';

export type ControlPlaneArgs = {
  /** The namespace, when somebody knows it: -L, or a pod's label. */
  readonly named: string | undefined;
};

/** `identity`, `destination`, `proxy-injector`: a Deployment and its pods. */
export type Component = {
  readonly component: string;
  readonly deployment: string;
  readonly wanted: number;
  readonly ready: number;
  /** Pods that it has by its own count; those below may be unread. */
  readonly made: number;
  readonly pods: readonly Pod[];
};

export type LinkerdControlPlane = {
  readonly namespace: string;
  /** Other namespaces that are labelled as a control plane. */
  readonly others: readonly string[];
  /** Absent when its ConfigMap is missing or could not be read; what was missed says which. */
  readonly config: LinkerdConfig | undefined;
  readonly components: readonly Component[];
  /** When it was asked. */
  readonly now: number;
};

/** linkerd2 charts/linkerd-control-plane/templates/namespace.yaml; `linkerd check` finds it by the same label. */
const label = 'linkerd.io/is-control-plane=true';
const componentLabel = 'linkerd.io/control-plane-component';
/** Where it is when nobody may list namespaces. */
const usual = 'linkerd';
const configName = 'linkerd-config';

export const linkerdControlPlane = fact({
  name: 'linkerd/control-plane',
  asks: ({ named }: ControlPlaneArgs) => `Linkerd's control plane${named ? ` in ${named}` : ''}`,
  byHand: ({ named }) => kubectl`get deployments,pods -n ${named ?? usual} -l ${componentLabel}`,
  needs: [
    needs(['list'], 'namespaces', 'all'),
    needs(['get'], 'configmaps', 'mesh-root', { names: [configName] }),
    needs(['list'], 'deployments.apps', 'mesh-root'),
    needs(['list'], 'pods', 'mesh-root'),
  ],
  timeoutMs: 10_000,
  fetch: async (ports, { named }, signal): Promise<Fetched<LinkerdControlPlane>> => {
    const place = await whereIs(ports, named, signal);
    if (!place.ok) return place;
    const { namespace, others, missed } = place.value;
    const asked = questions(namespace);
    const [config, made, running] = await Promise.all([
      ports.ask(asked.config, signal),
      ports.ask(asked.deployments, signal),
      ports.ask(asked.pods, signal),
    ]);
    if (!made.ok) return { ...failure(made, asked.deployments), missed };
    if (made.value.items.length === 0 && !config.ok && config.why === 'absent') {
      return { ok: false, why: 'absent', detail: `no Linkerd in namespace ${namespace}`, missed };
    }
    const all = running.ok ? running.value.items.map(readPod) : [];
    return {
      ok: true,
      missed: [
        ...missed,
        ...(config.ok || config.why === 'absent'
          ? []
          : [missedPart(`ConfigMap ${namespace}/${configName}`, config, asked.config)]),
        ...(running.ok
          ? []
          : [missedPart(`the pods of Linkerd in ${namespace}`, running, asked.pods)]),
      ],
      value: {
        namespace,
        others,
        config: config.ok ? readConfig(text(config.value, 'data', 'values') ?? '') : undefined,
        components: made.value.items.map((item) => readComponent(item, all)),
        now: ports.clock.now(),
      },
    };
  },
  show: ({ namespace, config, components }) => [
    `namespace ${namespace}${config?.version ? `, ${config.version}` : ''}`,
    ...components.map(componentLine),
    ...components.flatMap(troubled),
  ],
  // Where some pods of a part serve, others may be replaced: whoever looks closer says more.
  unwell: ({ components }) =>
    components
      .filter(({ ready }) => ready === 0)
      .flatMap((c) => [componentLine(c), ...troubled(c)]),
  explainedBy: ({ namespace }) => ({ runbook: 'linkerd-control-plane', target: `ns/${namespace}` }),
  moments: ({ components }) =>
    components.flatMap(({ deployment, pods: made }) => podsMade(`Deployment ${deployment}`, made)),
  versions: ({ config }) => ({ linkerd: config?.version }),
});

/** Why a part of it exited. */
export const linkerdLastWords = fact({
  ...lastWords,
  name: 'linkerd/last-words',
  needs: [needs(['get'], 'pods/log', 'mesh-root')],
});

/** Why its pods are not made, or do not start. */
export const linkerdWarnings = fact({
  name: 'linkerd/warnings',
  asks: ({ root }: { root: string }) => `warnings about the pods of ${root}`,
  byHand: ({ root }) => kubectl`get events -n ${root} --field-selector type=Warning`,
  needs: [needs(['list'], 'events', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { root }, signal): Promise<Fetched<readonly Event[]>> => {
    const question: ListQuestion = {
      ...{ ask: 'list', resource: events, namespace: root, fields: 'type=Warning', limit: 500 },
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readEvents(reply.value.items) } : failure(reply, question);
  },
  show: showEvents,
  moments: (all) => eventMoments(all.slice(0, 10)),
});

function questions(namespace: string) {
  const list = { ask: 'list', namespace, labels: componentLabel } as const;
  return {
    config: { ask: 'get', ref: { resource: configMaps, namespace, name: configName } },
    deployments: { ...list, resource: deployments },
    pods: { ...list, resource: pods },
  } as const satisfies Record<string, GetQuestion | ListQuestion>;
}

type Where = {
  readonly namespace: string;
  readonly others: readonly string[];
  readonly missed: readonly Missed[];
};

async function whereIs(
  ports: Ports,
  named: string | undefined,
  signal: AbortSignal,
): Promise<Fetched<Where>> {
  if (named !== undefined) {
    return { ok: true, value: { namespace: named, others: [], missed: [] } };
  }
  const question: ListQuestion = { ask: 'list', resource: namespaces, labels: label };
  for (const likely of Object.values(questions(usual))) void ports.early?.(likely, signal);
  const reply = await ports.ask(question, signal);
  if (!reply.ok) {
    const missed = [
      missedPart("namespaces with the label of Linkerd's control plane", reply, question),
    ];
    return { ok: true, value: { namespace: usual, others: [], missed } };
  }
  const [namespace, ...others] = reply.value.items.map(({ metadata }) => metadata.name);
  if (namespace !== undefined) return { ok: true, value: { namespace, others, missed: [] } };
  return { ok: false, why: 'absent', detail: `no namespace has the label ${label}` };
}

function readComponent(item: KubeObject, all: readonly Pod[]): Component {
  const { name, labels = {} } = item.metadata;
  const component = labels[componentLabel] ?? name;
  return {
    component,
    deployment: name,
    wanted: number(item.spec, 'replicas') ?? 1,
    ready: number(item.status, 'readyReplicas') ?? 0,
    made: number(item.status, 'replicas') ?? 0,
    pods: all.filter((pod) => pod.workload?.kind === 'Deployment' && pod.workload.name === name),
  };
}

function componentLine({ deployment, ready, wanted }: Component): string {
  return `deployment ${deployment}: ${ready} of ${wanted} ready`;
}

function troubled({ pods: made }: Component): readonly string[] {
  return made
    .filter((pod) => !pod.ready)
    .flatMap((pod) => [
      `${pod.ref.name}: not ready`,
      ...pod.containers
        .filter((c) => !c.ready && c.role !== 'init')
        .map((c) => `  ${containerLine(c)}`),
    ]);
}
