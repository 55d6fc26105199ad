// The control plane: istiod's pods and Deployments in the mesh's root namespace, and what is wrong with them.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { failure, missedPart } from '../kube/ask.ts';
import { eventLine, readEvents, type Event } from '../kube/events.ts';
import { deployments, events, pods } from '../kube/kinds.ts';
import { lastWords } from '../kube/last-words.ts';
import { eventMoments, podMoments } from '../../model/kube/moments.ts';
import { containerLine } from '../../model/kube/container.ts';
import { notServing } from '../../model/kube/serving.ts';
import { readPod, type Pod } from '../kube/pod.ts';
import { number } from '../../model/kube/read.ts';
import { imageVersion } from '../../model/istio/version.ts';

/** Every istiod of every revision has this label (istio manifests/charts/istio-control templates/deployment.yaml). */
export const istiodLabel = 'app=istiod';

export type Istiod = {
  readonly pod: Pod;
  readonly revision: string;
  /** Able to serve: running and ready. */
  readonly ready: boolean;
  /** What is wrong with it, when something is. */
  readonly trouble: string | undefined;
};

export type IstiodDeployment = {
  readonly name: string;
  readonly revision: string;
  readonly wanted: number;
  readonly ready: number;
};

export type ControlPlane = {
  readonly root: string;
  readonly istiods: readonly Istiod[];
  readonly deployments: readonly IstiodDeployment[];
  /** Warnings about istiod's pods and ReplicaSets, newest first. */
  readonly warnings: readonly Event[];
  /** When it was asked. */
  readonly now: number;
};

export function istiodPods(root: string): ListQuestion {
  return { ask: 'list', resource: pods, namespace: root, labels: istiodLabel };
}

export const controlPlane = fact({
  name: 'istio/control-plane',
  asks: ({ root }: { root: string }) => `istiod's pods and Deployments in ${root}`,
  byHand: ({ root }) => kubectl`get deployments,pods -n ${root} -l ${istiodLabel}`,
  needs: [
    needs(['list'], 'pods', 'mesh-root'),
    needs(['list'], 'deployments.apps', 'mesh-root'),
    needs(['list'], 'events', 'mesh-root'),
  ],
  timeoutMs: 10_000,
  fetch: async (ports, { root }, signal): Promise<Fetched<ControlPlane>> => {
    const asked = {
      pods: istiodPods(root),
      deployments: { ask: 'list', resource: deployments, namespace: root, labels: istiodLabel },
      events: {
        ask: 'list',
        resource: events,
        namespace: root,
        fields: 'type=Warning',
        limit: 500,
      },
    } as const;
    const [podList, deploymentList, eventList] = await Promise.all([
      ports.ask(asked.pods, signal),
      ports.ask(asked.deployments, signal),
      ports.ask(asked.events, signal),
    ]);
    if (!podList.ok) return failure(podList, asked.pods);
    const missed = [
      ...(deploymentList.ok
        ? []
        : [missedPart(`Deployments of istiod in ${root}`, deploymentList, asked.deployments)]),
      ...(eventList.ok ? [] : [missedPart(`events in ${root}`, eventList, asked.events)]),
    ];
    const warnings = eventList.ok
      ? readEvents(eventList.value.items).filter((e) => e.object.startsWith('istiod'))
      : [];
    return {
      ok: true,
      missed,
      value: {
        root,
        istiods: podList.value.items.map((item) => readIstiod(readPod(item), warnings)),
        deployments: deploymentList.ok ? deploymentList.value.items.map(readDeployment) : [],
        warnings,
        now: ports.clock.now(),
      },
    };
  },
  show: ({ istiods, deployments: all, warnings }) => [
    ...all.map(deploymentLine),
    ...istiods.map((i) => `${i.pod.ref.name}: ${i.ready ? 'ready' : (i.trouble ?? 'not ready')}`),
    ...istiods.flatMap((i) =>
      i.ready ? [] : i.pod.containers.map((c) => `  ${containerLine(c)}`),
    ),
    ...warnings.slice(0, 3).map(eventLine),
  ],
  // Of a revision that serves, or is not the target's, whoever knows the target says more.
  unwell: ({ deployments: all }) => (all.some((d) => d.ready > 0) ? [] : all.map(deploymentLine)),
  moments: ({ istiods, warnings }) => [
    ...istiods.flatMap(({ pod }) => podMoments(pod)),
    ...eventMoments(warnings.slice(0, 10)),
  ],
  versions: ({ istiods }) => ({
    istiod:
      [...new Set(istiods.map((i) => imageVersion(i.pod.containers[0]?.image ?? '')))]
        .filter((version) => version !== undefined)
        .join(' and ') || undefined,
  }),
});

/** Why an istiod exited. */
export const istiodLastWords = fact({
  ...lastWords,
  name: 'istio/last-words',
  needs: [needs(['get'], 'pods/log', 'mesh-root')],
});

function deploymentLine({ name, ready, wanted }: IstiodDeployment): string {
  return `deployment ${name}: ${ready} of ${wanted} ready`;
}

function readIstiod(pod: Pod, warnings: readonly Event[]): Istiod {
  const revision = pod.labels['istio.io/rev'] ?? 'default';
  const trouble = notServing(pod, warnings);
  return { pod, revision, ready: pod.ready && !pod.deleting, trouble };
}

function readDeployment(object: KubeObject): IstiodDeployment {
  return {
    name: object.metadata.name,
    revision: object.metadata.labels?.['istio.io/rev'] ?? 'default',
    wanted: number(object.spec, 'replicas') ?? 1,
    ready: number(object.status, 'readyReplicas') ?? 0,
  };
}
