// Fixes for what makes pods: new pods from the same template, or from a changed one.
import { kubectl, type Command } from '../../core/command.ts';
import { inspect, restartNamed, type Fix, type WorkloadName } from '../../core/fix.ts';

export type Maker = WorkloadName & { readonly paused: boolean };

/** Makes new pods: the only way to a sidecar for what runs already. */
export function renewFix(a: Maker, verify: Command): Fix {
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (a.kind === 'Job' || a.kind === 'CronJob') {
    return inspect(
      `Wait for the next run of ${target}: pods that run keep what they have`,
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
    does: `Resume ${target}, which is paused: what waits in its template then rolls out`,
    run: rollout('resume'),
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${namespace}, one after another`,
    undo: { run: rollout('pause') },
    verify,
  };
}

/** What `kubectl rollout restart` takes. */
const restartable = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** `deployment/web`, `statefulset/db`: those of them that a rollout can replace. */
export function rolloutTargets(all: readonly WorkloadName[]): readonly string[] {
  return all
    .filter(({ kind }) => restartable.has(kind))
    .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
}

/** Several at once; what no rollout can replace is only shown. */
export function renewAllFix(
  { namespace, targets }: { readonly namespace: string; readonly targets: readonly string[] },
  verify: Command,
): readonly Fix[] {
  const see = inspect('See what runs there', kubectl`get pods -n ${namespace} -o wide`, verify);
  if (targets.length === 0) return [see];
  return [
    see,
    {
      does: 'Restart them',
      run: kubectl`rollout restart ${targets} -n ${namespace}`,
      risk: 'restarts-pods',
      touches: `every pod of ${targets.join(', ')} in ${namespace}, one after another`,
      undo: { because: 'the new pods are made from the same template' },
      verify,
    },
  ];
}

export const gitops = 'If GitOps keeps this object, change it there: by hand it comes back.';

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

/** Changes what new pods are made from; the rollout replaces the pods by itself. Without a change: only a look. */
export function patchTemplateFix(
  a: WorkloadName,
  change: TemplateChange | undefined,
  does: string,
  verify: Command,
): readonly Fix[] {
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (!change || !isPatchable(a.kind)) {
    const see = kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`;
    return [inspect(`${does}: its manifest is to be changed where it is kept`, see, verify)];
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

/** The template of a Job cannot be changed, and a pod of its own has none. */
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

/** The changes that put these keys back as they are now. */
export function wayBack(changes: Changes, now: Readonly<Record<string, string>>): Changes {
  return Object.fromEntries(Object.keys(changes).map((key) => [key, now[key] ?? null]));
}

/** `istio-injection=enabled`, `istio.io/rev-`: arguments of `kubectl label` and `kubectl annotate`. */
export function changeArgs(changes: Changes): readonly string[] {
  return Object.entries(changes).map(([key, value]) =>
    value === null ? `${key}-` : `${key}=${value}`,
  );
}
