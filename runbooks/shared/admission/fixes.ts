// Fixes for what lacks a proxy, in any mesh: each is verified by running the same runbook again.
import { inspect, kubectl, meshdoc, type Command, type Fix } from '../../../src/authoring.ts';
import { againTarget, isNobody, type Subject } from '../../../src/model/kube/subject.ts';
import {
  changeArgs,
  gitops,
  isPatchable,
  patchTemplateFix,
  renewAllFix,
  renewFix,
  rolloutTargets,
  wayBack,
  type Changes,
} from '../../../src/model/kube/workload-fixes.ts';

export type Named = Pick<Subject, 'text' | 'maker'>;

/** What lets a pod be injected: a change of the pod template, of the namespace, or what a person must decide. */
export type Mend =
  | { readonly on: 'template'; readonly labels: Changes; readonly annotations: Changes }
  | { readonly on: 'namespace' | 'nothing' };

type InjectorAt = { readonly root: string; readonly deployment: string };

export type Fixes = ReturnType<typeof fixesOf>;

/** `wish`: how a pod asks for injection itself, "a label". */
export function fixesOf(runbook: string, wish: string) {
  const verify = (of: Named): Command => meshdoc`diagnose ${runbook} ${againTarget(of)}`;
  const lookAt = (of: Named, does: string, run: Command): Fix => inspect(does, run, verify(of));
  const patch = (of: Subject, mend: Mend, does: string): readonly Fix[] => {
    const change = mend.on === 'template' ? { ...mend, now: of.template } : undefined;
    return patchTemplateFix(of, change, does, verify(of));
  };
  const seeWebhooks = (of: Named): Fix =>
    lookAt(of, 'List the webhooks of the cluster', kubectl`get mutatingwebhookconfigurations`);
  /** Of a webhook that nobody could name, all are listed. */
  const read = (of: Named, does: string, configuration: string | undefined, field: string) =>
    configuration === undefined
      ? seeWebhooks(of)
      : lookAt(of, does, kubectl`get mutatingwebhookconfiguration ${configuration} -o ${field}`);
  return {
    verify,
    lookAt,
    patch,
    renew: (of: Subject): Fix => renewFix(of, verify(of)),
    renewAll: (namespace: string, all: readonly Subject[]): readonly Fix[] => {
      const targets = rolloutTargets(all);
      return renewAllFix({ namespace, targets }, meshdoc`diagnose ${runbook} ns/${namespace}`);
    },
    /** Instead of a change of the namespace: one workload, if there is one. */
    letInAlone: (of: Subject, mend: Mend): readonly Fix[] => {
      const isNobody = of.pods.length === 0 && of.wanted === 0;
      return isNobody || mend.on !== 'template' || !isPatchable(of.maker.kind)
        ? []
        : patch(of, mend, `Inject only ${of.maker.name}, with ${wish} on its pods`);
    },
    /** Of the workload, or of a pod without a controller. */
    readManifest: (of: Named, does: string): Fix => {
      const { kind, name, namespace } = of.maker;
      return lookAt(of, does, kubectl`get ${kind.toLowerCase()} ${name} -n ${namespace} -o yaml`);
    },
    seeWebhooks,
    readSelectors: (of: Named, configuration: string): Fix =>
      read(of, 'Read the selectors of the webhook', configuration, 'yaml'),
    readBundle: (of: Named, configuration: string | undefined, entry: '0' | '*'): Fix => {
      const field = `jsonpath={.webhooks[${entry}].clientConfig.caBundle}`;
      return read(of, 'Read the caBundle of the webhook (base64)', configuration, field);
    },
    /** Where the webhook has no Service. */
    seeUrl: (of: Named, configuration: string | undefined): Fix => {
      const does = 'Read which URL the webhook calls: it uses no Service of this cluster';
      return read(of, does, configuration, 'jsonpath={.webhooks[*].clientConfig.url}');
    },
    /** The injector reads its certificate when it starts. */
    restartInjector: (
      of: Named,
      at: InjectorAt,
      said: Pick<Fix, 'does' | 'touches' | 'note'>,
    ): Fix => ({
      ...said,
      run: kubectl`rollout restart deployment/${at.deployment} -n ${at.root}`,
      risk: 'restarts-control-plane',
      undo: { because: 'the new pods are made from the same template' },
      verify: verify(of),
    }),
    seeEndpoints: (of: Named, service: string, namespace: string): Fix => {
      const see = kubectl`get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service}`;
      return lookAt(of, "List the endpoints of the webhook's Service", see);
    },
  };
}

/** A change of the namespace's own labels or annotations. It changes no pod. */
export type NamespaceChange = {
  readonly verb: 'label' | 'annotate';
  readonly does: string;
  readonly changes: Changes;
  readonly now: Readonly<Record<string, string>>;
  /** What it affects, as a clause. */
  readonly gains: string | undefined;
  readonly verify: Command;
};

type Then = { readonly of: Subject; readonly renew: Fix; readonly instead?: readonly Fix[] };

/** The changes, what can be done instead, then new pods. A pod without a controller is never deleted. */
export function changeNamespace(
  name: string,
  all: readonly NamespaceChange[],
  { of, renew, instead = [] }: Then,
): readonly Fix[] {
  const some = all.filter(({ changes }) => Object.keys(changes).length > 0);
  const byHand = `${of.maker.name} has no controller: save its manifest, delete the pod, recreate it from the manifest.`;
  const isAlone = of.maker.kind === 'Pod' && some.length > 0;
  const note = isAlone ? `${byHand} ${gitops}` : gitops;
  const fixes = [...some.map((change) => changeFix(name, change, note)), ...instead];
  if (isAlone || isNobody(of)) return fixes;
  return [...fixes, fixes.length === 0 ? renew : renewThen(renew, instead)];
}

/** Until something is changed, a restart changes nothing. */
function renewThen(renew: Fix, instead: readonly Fix[]): Fix {
  const isDone = instead.some(({ risk }) => risk === 'restarts-pods');
  const own = isDone ? ['Not needed after a fix that restarts these pods itself.'] : [];
  const notes = [...own, ...(renew.note === undefined ? [] : [renew.note])];
  return { ...renew, turn: 'then', ...(notes.length === 0 ? {} : { note: notes.join(' ') }) };
}

function changeFix(name: string, change: NamespaceChange, note: string): Fix {
  const { verb, does, changes, now, gains, verify } = change;
  const set = (some: Changes) => kubectl`${verb} namespace ${name} ${changeArgs(some)} --overwrite`;
  return {
    does,
    run: set(changes),
    risk: 'changes-config',
    touches: gains === undefined ? `new pods in ${name}` : `new pods: ${gains}`,
    undo: { run: set(wayBack(changes, now)) },
    verify,
    note,
  };
}
