// The control plane: istiod's pods and Deployments in the mesh's root namespace, and what is wrong with them.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { count } from '../../core/text.ts';
import { failure, missedPart } from '../kube/ask.ts';
import { eventLine, readEvents, type Event } from '../kube/events.ts';
import { deployments, events, pods } from '../kube/kinds.ts';
import { eventMoments, podMoments } from '../../model/kube/moments.ts';
import { containerLine, type Container } from '../../model/kube/container.ts';
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
    return {
      ok: true,
      missed,
      value: {
        root,
        istiods: podList.value.items.map(readPod).map(readIstiod),
        deployments: deploymentList.ok ? deploymentList.value.items.map(readDeployment) : [],
        warnings: eventList.ok
          ? readEvents(eventList.value.items).filter((e) => e.object.startsWith('istiod'))
          : [],
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
  // A pod more than wanted may start or stop: a rollout.
  unwell: ({ deployments: all }) => all.filter((d) => d.ready < d.wanted).map(deploymentLine),
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

function deploymentLine({ name, ready, wanted }: IstiodDeployment): string {
  return `deployment ${name}: ${ready} of ${wanted} ready`;
}

function readIstiod(pod: Pod): Istiod {
  const revision = pod.labels['istio.io/rev'] ?? 'default';
  return { pod, revision, ready: pod.ready && !pod.deleting, trouble: troubleOf(pod) };
}

/** The first thing that keeps a control plane pod from serving. */
function troubleOf(pod: Pod): string | undefined {
  if (pod.deleting) return 'it is being deleted';
  if (pod.ready) return undefined;
  if (pod.unscheduled !== undefined) return `it is not scheduled: ${pod.unscheduled}`;
  for (const c of pod.containers) {
    const restarts = `after ${count(c.restarts, 'restart')}${lastEnd(c)}`;
    if (c.state.is === 'waiting') return `${c.name} is in ${c.state.reason} ${restarts}`;
    if (c.state.is === 'terminated') {
      return `${c.name} exited: ${c.state.reason} (exit code ${c.state.exitCode})`;
    }
    // In a crash loop it runs for a moment between two exits.
    if (!c.ready && c.last.is === 'terminated') return `${c.name} is not ready ${restarts}`;
  }
  return pod.phase === 'Running' ? 'its readiness probe fails' : `its phase is ${pod.phase}`;
}

const lastEnd = ({ last }: Container): string =>
  last.is === 'terminated' ? `; last exit: ${last.reason}, exit code ${last.exitCode}` : '';

function readDeployment(object: KubeObject): IstiodDeployment {
  return {
    name: object.metadata.name,
    revision: object.metadata.labels?.['istio.io/rev'] ?? 'default',
    wanted: number(object.spec, 'replicas') ?? 1,
    ready: number(object.status, 'readyReplicas') ?? 0,
  };
}
