// Everything in a namespace that makes pods, with the pods it made.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { Happening } from '../../core/moment.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { resourceName, type Resource } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { meshes } from '../../meshes/meshes.ts';
import { failure, missedPart } from './ask.ts';
import { makers, pods } from './kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { changes, podsMade } from '../../model/kube/moments.ts';
import { containersOf } from '../../model/kube/container.ts';
import { readPod, type Pod } from './pod.ts';
import { at, flag, labelsAt, list, number, text } from '../../model/kube/read.ts';

/** What each new pod is made from. */
export type PodTemplate = {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly hostNetwork: boolean;
  /** automountServiceAccountToken; where it is not set, the ServiceAccount decides. */
  readonly automount: boolean | undefined;
  readonly containers: readonly Pick<Pod['containers'][number], 'name' | 'image' | 'role'>[];
};

export type Workload = {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** The workload's own, not its pods'. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly template: PodTemplate;
  /** Pods it wants now; a CronJob wants none between its runs. */
  readonly wanted: number;
  /** Why its pods cannot be created, as its own condition says. */
  readonly failure: string | undefined;
  readonly rolls: Rolls;
  /** A finished Job makes no more pods. */
  readonly ended: boolean;
  readonly pods: readonly Pod[];
  /** Who wrote it, and when. */
  readonly changes: readonly Happening[];
};

/**
 * How a change of its template comes to its pods. `on-delete`: a new pod only in the place of one that is deleted. `paused`:
 * a Deployment that rolls out nothing until it is resumed.
 */
export type Rolls = 'by-itself' | 'on-delete' | 'paused';

export type Workloads = {
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  /** Pods of no listed workload: created directly, or by a kind not asked for. */
  readonly others: readonly Pod[];
  /** Kinds that could not be listed. */
  readonly unread: readonly string[];
};

export const workloads = fact({
  name: 'kube/workloads',
  asks: ({ namespace }: { namespace: string }) => `workloads and pods in ${namespace}`,
  byHand: ({ namespace }) =>
    kubectl`get ${makers.map((m) => m.plural).join(',')},pods -n ${namespace}`,
  needs: [pods, ...makers].map((r) => needs(['list'], resourceName(r), 'target')),
  timeoutMs: 12_000,
  fetch: async (ports, { namespace }, signal): Promise<Fetched<Workloads>> => {
    const ask = (resource: Resource): ListQuestion => ({ ask: 'list', resource, namespace });
    const [podList, ...lists] = await Promise.all(
      [pods, ...makers].map((resource) => ports.ask(ask(resource), signal)),
    );
    if (!podList?.ok) {
      return failure(podList ?? { ok: false, why: 'bug', detail: '' }, ask(pods));
    }
    const unread = makers.filter((_, i) => !lists[i]?.ok);
    const missed = makers.flatMap((resource, i) => {
      const reply = lists[i];
      const asked = `${resource.plural} in ${namespace}`;
      return !reply || reply.ok ? [] : [missedPart(asked, reply, ask(resource))];
    });
    const items = lists.flatMap((reply) => (reply.ok ? reply.value.items : []));
    const value = group(namespace, items, podList.value.items);
    return { ok: true, missed, value: { ...value, unread: unread.map((r) => r.kind) } };
  },
  show: ({ workloads: all, others }) => [
    ...all.slice(0, 12).map(workloadLine),
    ...(all.length > 12 ? [`and ${all.length - 12} more`] : []),
    ...(others.length > 0 ? [`${count(others.length, 'pod')} without a workload`] : []),
  ],
  moments: ({ workloads: all, others }) => [
    ...all.flatMap((w) => [...w.changes, ...podsMade(`${w.kind} ${w.name}`, w.pods)]),
    ...podsMade('no workload', others),
  ],
});

const proxyNames = meshes.flatMap(({ proxyContainer = [] }) => proxyContainer);
const initNames = meshes.flatMap(({ initContainers: inits }) =>
  inits ? [inits.redirects, ...inits.others] : [],
);

/** Where no pod has a proxy, nobody knows which mesh was meant; init containers of a mesh without its proxy are half of one. */
function workloadLine({ kind, name, pods: made, wanted, failure: why }: Workload): string {
  const having = (is: (one: Pod['containers'][number]) => boolean) =>
    made.filter((pod) => pod.containers.some(is)).length;
  const counts = proxyNames.map((proxy) => ({ name: proxy, of: having(isProxy(proxy)) }));
  const seen = counts.filter(({ of }) => of > 0);
  const halves = initNames
    .map((init) => ({ name: init, of: having((one) => one.name === init) }))
    .filter(({ of }) => of > 0 && seen.length === 0);
  const none = made.length === 0 || halves.length > 0 ? [] : ['none with a proxy'];
  const parts = [...seen, ...halves].map((one) => `${one.of} with ${one.name}`);
  const proxied = (parts.length > 0 ? parts : none).map((part) => `, ${part}`).join('');
  const reason = why === undefined ? '' : `: ${why}`;
  return `${kind} ${name}: ${made.length} of ${count(wanted, 'pod')}${proxied}${reason}`;
}

function isProxy(proxy: string) {
  return ({ name, role, image }: Pod['containers'][number]) =>
    name === proxy && role !== 'init' && image !== 'auto';
}

/** Pods to their workloads; a Job's to the CronJob that made the Job. */
export function group(
  namespace: string,
  items: readonly KubeObject[],
  podItems: readonly KubeObject[],
): Omit<Workloads, 'unread'> {
  const found = items.filter((item) => !isMadeByCronJob(item, items));
  const made = podItems.map((item) => ({ pod: readPod(item), by: makerOf(readPod(item), items) }));
  const all = found
    .map((item) => {
      const key = keyOf(item.kind, item.metadata.name);
      return readWorkload(
        item,
        made.filter(({ by }) => by === key).map(({ pod }) => pod),
      );
    })
    .toSorted((a, b) => (keyOf(a.kind, a.name) < keyOf(b.kind, b.name) ? -1 : 1));
  const known = new Set(all.map(({ kind, name }) => keyOf(kind, name)));
  const others = made.filter(({ by }) => by === undefined || !known.has(by));
  return { namespace, workloads: all, others: others.map(({ pod }) => pod) };
}

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

function makerOf({ workload }: Pod, items: readonly KubeObject[]): string | undefined {
  if (!workload) return undefined;
  const job = items.find((i) => i.kind === 'Job' && i.metadata.name === workload.name);
  const cron = workload.kind === 'Job' && job ? cronJobOf(job, items) : undefined;
  return cron ?? keyOf(workload.kind, workload.name);
}

function cronJobOf(job: KubeObject, items: readonly KubeObject[]): string | undefined {
  const owner = (job.metadata.ownerReferences ?? []).find((o) => o.kind === 'CronJob');
  const listed = items.some((i) => i.kind === 'CronJob' && i.metadata.name === owner?.name);
  return owner && listed ? keyOf('CronJob', owner.name) : undefined;
}

function isMadeByCronJob(item: KubeObject, items: readonly KubeObject[]): boolean {
  return item.kind === 'Job' && cronJobOf(item, items) !== undefined;
}

function readWorkload(item: KubeObject, made: readonly Pod[]): Workload {
  const { kind, metadata, spec, status } = item;
  const template =
    kind === 'CronJob' ? at(spec, 'jobTemplate', 'spec', 'template') : at(spec, 'template');
  const conditions = list(status, 'conditions').filter((c) => text(c, 'status') === 'True');
  const refused = conditions.find((c) => text(c, 'type') === 'ReplicaFailure');
  return {
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    template: {
      labels: labelsAt(template, 'metadata', 'labels'),
      annotations: labelsAt(template, 'metadata', 'annotations'),
      hostNetwork: flag(template, 'spec', 'hostNetwork') ?? false,
      automount: flag(template, 'spec', 'automountServiceAccountToken'),
      containers: containersOf(at(template, 'spec'), undefined).map(({ name, image, role }) => ({
        name,
        image,
        role,
      })),
    },
    wanted: wantedOf(item),
    failure: text(refused, 'message'),
    rolls: rollsOf(item),
    ended:
      kind === 'Job' &&
      conditions.some((c) => ['Complete', 'Failed'].includes(text(c, 'type') ?? '')),
    pods: made,
    changes: changes(item),
  };
}

function rollsOf({ spec }: KubeObject): Rolls {
  if (flag(spec, 'paused') ?? false) return 'paused';
  return text(spec, 'updateStrategy', 'type') === 'OnDelete' ? 'on-delete' : 'by-itself';
}

function wantedOf({ kind, spec, status }: KubeObject): number {
  if (kind === 'CronJob') return 0;
  if (kind === 'DaemonSet') return number(status, 'desiredNumberScheduled') ?? 0;
  return kind === 'Job' ? (number(spec, 'parallelism') ?? 1) : (number(spec, 'replicas') ?? 1);
}
