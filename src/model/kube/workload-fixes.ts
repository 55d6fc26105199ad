// Fixes for what makes pods: new pods from the same template, or from a changed one.
import { kubectl, type Command } from '../../core/command.ts';
import { inspect, type Fix, type WorkloadName } from '../../core/fix.ts';
import { deletePods, isRollable, restartNamed } from '../../core/renew.ts';
import type { Subject } from './subject.ts';

/** Makes new pods: running pods never get a sidecar. */
export function renewFix(
  { maker, pods, rolls }: Pick<Subject, 'maker' | 'pods' | 'rolls'>,
  verify: Command,
): Fix {
  const { kind, name, namespace } = maker;
  const names = pods.map(({ ref }) => ref.name).slice(0, mostNames);
  if (rolls === 'paused') return resume(`${kind.toLowerCase()}/${name}`, namespace, verify);
  // `rollout restart` changes the template, and no pod follows (kubernetes.io concepts/workloads/controllers/statefulset).
  if (rolls === 'on-delete' && names.length > 0) return deletePods(maker, names, verify);
  return restartNamed(kind, name, namespace, verify, names);
}

/** As many as a person pastes. */
const mostNames = 10;

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

/** `deployment/web`, `statefulset/db`: those that a rollout can replace. */
export function rolloutTargets(
  all: readonly Pick<Subject, 'maker' | 'rolls'>[],
): readonly string[] {
  return all
    .filter(({ maker, rolls }) => isRollable(maker.kind) && rolls === 'by-itself')
    .map(({ maker: { kind, name } }) => `${kind.toLowerCase()}/${name}`);
}

/** To the template before the last change: `kubectl rollout undo` keeps old ones (spec.revisionHistoryLimit). */
export function goBackFix(
  { kind, name, namespace }: WorkloadName,
  verify: Command,
): readonly Fix[] {
  if (!isRollable(kind)) return [];
  const target = `${kind.toLowerCase()}/${name}`;
  const run = kubectl`rollout undo ${target} -n ${namespace}`;
  return [
    {
      does: `If its last change broke it, go back to the template before`,
      run,
      risk: 'restarts-pods',
      touches: `every pod of ${target} in ${namespace}, one after another`,
      undo: { run },
      verify,
      note: `kubectl rollout history ${target} -n ${namespace} shows whether there is one. ${gitops}`,
    },
  ];
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
  of: Pick<Subject, 'maker' | 'pods' | 'rolls'>,
  change: TemplateChange | undefined,
  does: string,
  verify: Command,
): readonly Fix[] {
  const a = of.maker;
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (!change || !isPatchable(a.kind)) {
    const see = kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`;
    return [inspect(`${does}: change its manifest where it is kept`, see, verify)];
  }
  const { labels, annotations, now } = change;
  const patch = (some: Changes, others: Changes) =>
    kubectl`patch ${target} -n ${a.namespace} --type=merge -p ${templatePatch(a.kind, some, others)}`;
  const mend: Fix = {
    does,
    run: patch(labels, annotations),
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${a.namespace}, one after another`,
    undo: { run: patch(wayBack(labels, now.labels), wayBack(annotations, now.annotations)) },
    verify,
    note: gitops,
  };
  if (of.rolls === 'by-itself') return [mend];
  const later: Fix = { ...mend, risk: 'changes-config', touches: `new pods of ${target}` };
  return [later, renewFix(of, verify)];
}

/** Whose pods follow a change of the template; a ReplicaSet of its own and a Job keep theirs. */
export function isPatchable(kind: string): boolean {
  return isRollable(kind) || kind === 'CronJob' || kind === 'Rollout';
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
