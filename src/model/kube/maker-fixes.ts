// Fixes for what makes pods: new pods from the same template, or from a changed one.
import { kubectl, type Command } from '../../core/command.ts';
import { inspect, restartNamed, type Fix, type WorkloadName } from '../../core/fix.ts';
import { parseJson, texts } from './read.ts';

/** `paused` where it says so, as a slot holds it. */
export type Maker = WorkloadName & { readonly paused: string };

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
  if (a.paused === 'paused') return resume(target, a.namespace, verify);
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

/** `deployment/web`, `statefulset/db`: those of them that a rollout can replace, as a slot holds several. */
export function rolloutTargets(all: readonly WorkloadName[]): string {
  return wordsSlot(
    all
      .filter(({ kind }) => restartable.has(kind))
      .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`),
  );
}

/** Several words in one slot, as JSON: a word may hold a space itself. Empty for none. */
export function wordsSlot(words: readonly string[]): string {
  return words.length === 0 ? '' : JSON.stringify(words);
}

/** The documentation has the slot's own name in place of words. */
export function wordsIn(slot: string): readonly string[] {
  const words = parseJson(slot);
  return words === undefined ? [slot] : texts(words);
}

/** Several at once; what no rollout can replace is only shown. */
export function renewAllFix(
  a: Readonly<Record<'namespace' | 'targets', string>>,
  verify: Command,
): readonly Fix[] {
  const see = inspect('See what runs there', kubectl`get pods -n ${a.namespace} -o wide`, verify);
  if (a.targets === '') return [see];
  const targets = wordsIn(a.targets);
  return [
    see,
    {
      does: 'Restart them',
      run: kubectl`rollout restart ${targets} -n ${a.namespace}`,
      risk: 'restarts-pods',
      touches: `every pod of ${targets.join(', ')} in ${a.namespace}, one after another`,
      undo: { because: 'the new pods are made from the same template' },
      verify,
    },
  ];
}

export const gitops = 'If GitOps keeps this object, change it there: by hand it comes back.';

/** Changes what new pods are made from; the rollout replaces the pods by itself. Patches are empty where none helps. */
export function patchTemplateFix(
  a: WorkloadName & Readonly<Record<'patch' | 'unpatch', string>>,
  does: string,
  verify: Command,
): readonly Fix[] {
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (!isPatchable(a)) {
    const see = kubectl`get ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace} -o yaml`;
    return [inspect(`${does}: its manifest is to be changed where it is kept`, see, verify)];
  }
  const patch = (body: string) =>
    kubectl`patch ${target} -n ${a.namespace} --type=merge -p ${body}`;
  return [
    {
      does,
      run: patch(a.patch),
      risk: 'restarts-pods',
      touches: `every pod of ${target} in ${a.namespace}, one after another`,
      undo: { run: patch(a.unpatch) },
      verify,
      note: gitops,
    },
  ];
}

/** The template of a Job cannot be changed, and a pod of its own has none. */
export function isPatchable({ kind, patch }: Readonly<Record<'kind' | 'patch', string>>): boolean {
  return patch !== '' && kind !== 'Pod' && kind !== 'Job';
}

/** Values to set; null takes the key away. */
export type Changes = Readonly<Record<string, string | null>>;

/** A merge patch of the pod template. */
export function templatePatch(kind: string, labels: Changes, annotations: Changes): string {
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

/** `istio-injection=enabled`, `istio.io/rev-`: arguments of `kubectl label` and `kubectl annotate`, as a slot. */
export function changeArgs(changes: Changes): string {
  return wordsSlot(
    Object.entries(changes).map(([key, value]) => (value === null ? `${key}-` : `${key}=${value}`)),
  );
}
