// Fixes for what makes pods: new pods from the same template, or from a changed one.
import { kubectl, type Command } from '../../core/command.ts';
import { inspect, restartNamed, type Fix, type WorkloadName } from '../../core/fix.ts';

export type Maker = WorkloadName & { readonly paused: boolean };

/** Makes new pods: running pods never get a sidecar. */
export function renewFix(a: Maker, verify: Command): Fix {
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (a.kind === 'Job' || a.kind === 'CronJob') {
    return inspect(
      `Wait for the next run of ${target}: running pods never change`,
      kubectl`get ${target} -n ${a.namespace}`,
      verify,
    );
  }
  if (a.paused) return resume(target, a.namespace, verify);
  return restartNamed(a.kind, a.name, a.namespace, verify);
}

/** `rollout restart` refuses a Deployment that is paused. */
function resume(target: string, namespace: string, verify: Command): Fix {
  const rollout = (verb: string) => kubectl`rollout ${verb} ${target} -n ${namespace}`;
  return {
    does: `Resume the paused ${target}; pending changes of its template then roll out`,
    run: rollout('resume'),
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${namespace}, one after another`,
    undo: { run: rollout('pause') },
    verify,
  };
}

/** What `kubectl rollout restart` takes. */
const restartable = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** `deployment/web`, `statefulset/db`: those that a rollout can replace. */
export function rolloutTargets(all: readonly WorkloadName[]): readonly string[] {
  return all
    .filter(({ kind }) => restartable.has(kind))
    .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
}

/** Several at once; pods that no rollout can replace are only listed. */
export function renewAllFix(
  { namespace, targets }: { readonly namespace: string; readonly targets: readonly string[] },
  verify: Command,
): readonly Fix[] {
  const see = inspect(
    'List the pods that run there',
    kubectl`get pods -n ${namespace} -o wide`,
    verify,
  );
  if (targets.length === 0) return [see];
  return [
    see,
    {
      does: 'Restart these workloads',
      run: kubectl`rollout restart ${targets} -n ${namespace}`,
      risk: 'restarts-pods',
      touches: `every pod of ${targets.join(', ')} in ${namespace}, one after another`,
      undo: { because: 'the new pods are made from the same template' },
      verify,
    },
  ];
}

export const gitops =
  'If GitOps manages this object, change it in Git; a manual change will be reverted.';

/** Values to set; null takes the key away. */
export type Changes = Readonly<Record<string, string | null>>;

/** What a pod template's metadata would become, and what it is now. */
export type TemplateChange = {
  readonly labels: Changes;
  readonly annotations: Changes;
  readonly now: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
};

/** Changes the pod template; the rollout then replaces the pods. Without a change it only shows the manifest. */
export function patchTemplateFix(
  a: WorkloadName,
  change: TemplateChange | undefined,
  does: string,
  verify: Command,
): readonly Fix[] {
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (!change || !isPatchable(a.kind)) {
    const see = kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`;
    return [inspect(`${does}: change its manifest where it is kept`, see, verify)];
  }
  const { labels, annotations, now } = change;
  const patch = (some: Changes, others: Changes) =>
    kubectl`patch ${target} -n ${a.namespace} --type=merge -p ${templatePatch(a.kind, some, others)}`;
  return [
    {
      does,
      run: patch(labels, annotations),
      risk: 'restarts-pods',
      touches: `every pod of ${target} in ${a.namespace}, one after another`,
      undo: { run: patch(wayBack(labels, now.labels), wayBack(annotations, now.annotations)) },
      verify,
      note: gitops,
    },
  ];
}

/** The template of a Job cannot be changed, and a pod without a workload has none. */
export function isPatchable(kind: string): boolean {
  return kind !== 'Pod' && kind !== 'Job';
}

/** A merge patch of the pod template. */
function templatePatch(kind: string, labels: Changes, annotations: Changes): string {
  const some = (changes: Changes) => Object.keys(changes).length > 0;
  const metadata = {
    ...(some(labels) ? { labels } : {}),
    ...(some(annotations) ? { annotations } : {}),
  };
  const template = { template: { metadata } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: template } } : template;
  return JSON.stringify({ spec });
}

/** The changes that restore these keys to their values now. */
export function wayBack(changes: Changes, now: Readonly<Record<string, string>>): Changes {
  return Object.fromEntries(Object.keys(changes).map((key) => [key, now[key] ?? null]));
}

/** `istio-injection=enabled`, `istio.io/rev-`: arguments of `kubectl label` and `kubectl annotate`. */
export function changeArgs(changes: Changes): readonly string[] {
  return Object.entries(changes).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${value}`,
  );
}
