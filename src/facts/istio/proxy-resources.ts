// Who sets a proxy's resources: the pod template of its workload, and the injector's values.
// Values: ConfigMap istio-sidecar-injector[-rev], key `values`, global.proxy.resources
// (istio manifests/charts/istio-control/istio-discovery/templates/istiod-injector-configmap.yaml).
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../core/fact.ts';
import type { WorkloadName } from '../../core/fix.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import type { GetQuestion } from '../../core/question.ts';
import type { Resource } from '../../core/refs.ts';
import { missedPart } from '../kube/ask.ts';
import {
  configMaps,
  daemonSets,
  deployments,
  jobs,
  replicaSets,
  statefulSets,
} from '../kube/kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { labelsAt, parseJson, record } from '../../model/kube/read.ts';
import { ownerOf } from '../../model/kube/origin.ts';
import { memoryText } from '../../model/kube/quantity.ts';
import { readResources, type Resources } from '../../model/istio/memory-size.ts';

export type ProxyResources = {
  /** Annotations of the pod template; `undefined` when the workload could not be read, or is of another kind. */
  readonly template: Labels | undefined;
  /** The labels that select its pods. */
  readonly selector: Labels | undefined;
  /** Argo CD, Helm...: who would revert a manual change of the workload. */
  readonly owner: string | undefined;
  /** What a pod without annotations gets; `undefined` when it could not be read. */
  readonly defaults: Resources | undefined;
};
export type ProxyResourcesArgs = {
  readonly workload: WorkloadName | undefined;
  readonly root: string;
  readonly revision: string | undefined;
  /** A waypoint has its own defaults. */
  readonly role: 'proxy' | 'waypoint';
};

export const workloadKinds: Readonly<Record<string, Resource>> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
  ReplicaSet: replicaSets,
  Job: jobs,
};

function injectorName(revision: string | undefined): string {
  return revision === undefined || revision === '' || revision === 'default'
    ? 'istio-sidecar-injector'
    : `istio-sidecar-injector-${revision}`;
}

export const proxyResources = fact({
  name: 'istio/proxy-resources',
  asks: ({ root }: ProxyResourcesArgs) =>
    `the proxy resources set by the pod template and by the injector in ${root}`,
  byHand: ({ root, revision }) =>
    kubectl`get configmap ${injectorName(revision)} -n ${root} -o jsonpath={.data.values}`,
  needs: [
    needs(['get'], 'configmaps', 'mesh-root'),
    needs(['get'], 'deployments.apps', 'target'),
    needs(['get'], 'statefulsets.apps', 'target'),
    needs(['get'], 'daemonsets.apps', 'target'),
    needs(['get'], 'replicasets.apps', 'target'),
    needs(['get'], 'jobs.batch', 'target'),
  ],
  timeoutMs: 8000,
  fetch: async (ports, args, signal): Promise<Fetched<ProxyResources>> => {
    const { root, revision } = args;
    const values: GetQuestion = {
      ask: 'get',
      ref: { resource: configMaps, name: injectorName(revision), namespace: root },
    };
    const [workload, injector] = await Promise.all([
      readWorkload(ports, args.workload, signal),
      ports.ask(values, signal),
    ]);
    const defaults = injector.ok ? readDefaults(injector.value, args.role) : undefined;
    const asked = "the injector's default resources";
    const missed = [
      ...workload.missed,
      ...(injector.ok
        ? defaults
          ? []
          : [{ asked, why: 'unreadable' as const, detail: 'its values are not JSON' }]
        : [missedPart(asked, injector, values)]),
    ];
    const { object } = workload;
    const template = object && labelsAt(object.spec, 'template', 'metadata', 'annotations');
    const selector = object && labelsAt(object.spec, 'selector', 'matchLabels');
    return {
      ok: true,
      missed,
      value: { template, selector, owner: object && ownerOf(object), defaults },
    };
  },
  show: ({ template, defaults }) => [
    `the template sets: ${proxyAnnotations(template ?? {}) || 'none of the four annotations'}`,
    `the mesh's defaults: ${defaults ? `memory ${said(defaults.memoryRequest)} to ${said(defaults.memoryLimit)}` : 'unknown'}`,
  ],
});

function said(bytes: number | undefined): string {
  return bytes === undefined ? 'not set' : memoryText(bytes);
}

/** The four, in the order istio's reference lists them. */
export const annotationNames = [
  'sidecar.istio.io/proxyCPU',
  'sidecar.istio.io/proxyCPULimit',
  'sidecar.istio.io/proxyMemory',
  'sidecar.istio.io/proxyMemoryLimit',
] as const;

/** `proxyMemoryLimit 256Mi` */
export function proxyAnnotations(annotations: Labels): string {
  return annotationNames
    .filter((name) => annotations[name] !== undefined)
    .map((name) => `${name.replace('sidecar.istio.io/', '')} ${annotations[name] ?? ''}`)
    .join(', ');
}

async function readWorkload(
  ports: Ports,
  workload: WorkloadName | undefined,
  signal: AbortSignal,
): Promise<{ readonly object: KubeObject | undefined; readonly missed: readonly Missed[] }> {
  const resource = workload && workloadKinds[workload.kind];
  if (!workload || !resource) return { object: undefined, missed: [] };
  const { name, namespace, kind } = workload;
  const question: GetQuestion = { ask: 'get', ref: { resource, name, namespace } };
  const reply = await ports.ask(question, signal);
  if (reply.ok) return { object: reply.value, missed: [] };
  const asked = `the pod template of ${kind} ${namespace}/${name}`;
  // A workload that is gone has no template to change.
  const missed = reply.why === 'absent' ? [] : [missedPart(asked, reply, question)];
  return { object: undefined, missed };
}

function readDefaults(injector: KubeObject, role: 'proxy' | 'waypoint'): Resources | undefined {
  const values = parseJson(labelsAt(injector, 'data')['values'] ?? '');
  if (typeof values !== 'object' || values === null) return undefined;
  const resources = record(values, 'global', role, 'resources');
  return readResources({
    limits: labelsAt(resources, 'limits'),
    requests: labelsAt(resources, 'requests'),
  });
}
