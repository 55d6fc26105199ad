// Fixes for who lacks a proxy, of whatever mesh: each is verified by asking the same runbook again.
import { inspect, kubectl, meshdoc, type Command, type Fix } from '../../../src/authoring.ts';
import { againTarget, type Subject } from '../../../src/model/kube/subject.ts';
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

/** What opens a gate: a change of the pod template, of the namespace, or what a person must decide. */
export type Mend =
  | { readonly on: 'template'; readonly labels: Changes; readonly annotations: Changes }
  | { readonly on: 'namespace' | 'nothing' };

type InjectorAt = { readonly root: string; readonly deployment: string };

export type Fixes = ReturnType<typeof fixesOf>;

/** `wish`: how a pod asks by itself, "a label". */
export function fixesOf(runbook: string, wish: string) {
  const verify = (of: Named): Command => meshdoc`diagnose ${runbook} ${againTarget(of)}`;
  const lookAt = (of: Named, does: string, run: Command): Fix => inspect(does, run, verify(of));
  const patch = (of: Subject, mend: Mend, does: string): readonly Fix[] => {
    const change = mend.on === 'template' ? { ...mend, now: of.template } : undefined;
    return patchTemplateFix(of.maker, change, does, verify(of));
  };
  const read = (of: Named, does: string, configuration: string, field: string) =>
    lookAt(of, does, kubectl`get mutatingwebhookconfiguration ${configuration} -o ${field}`);
  return {
    verify,
    lookAt,
    patch,
    renew: (of: Subject): Fix => renewFix({ ...of.maker, paused: of.paused }, verify(of)),
    renewAll: (namespace: string, all: readonly Subject[]): readonly Fix[] => {
      const targets = rolloutTargets(all.map(({ maker }) => maker));
      return renewAllFix({ namespace, targets }, meshdoc`diagnose ${runbook} ns/${namespace}`);
    },
    /** In place of a change of the namespace: one workload. None is named where a namespace has none. */
    letInAlone: (of: Subject, mend: Mend): readonly Fix[] => {
      const isNobody = of.pods.length === 0 && of.wanted === 0;
      return isNobody || mend.on !== 'template' || !isPatchable(of.maker.kind)
        ? []
        : patch(of, mend, `Or let ${of.maker.name} alone into the mesh, by ${wish} on its pods`);
    },
    /** Of the workload, or of a pod that nothing makes. */
    readManifest: (of: Named, does: string): Fix => {
      const { kind, name, namespace } = of.maker;
      return lookAt(of, does, kubectl`get ${kind.toLowerCase()} ${name} -n ${namespace} -o yaml`);
    },
    seeWebhooks: (of: Named): Fix =>
      lookAt(of, 'See which webhooks there are', kubectl`get mutatingwebhookconfigurations`),
    readSelectors: (of: Named, configuration: string): Fix =>
      read(of, 'Read the selectors of the webhook', configuration, 'yaml'),
    readBundle: (of: Named, configuration: string, entry: '0' | '*'): Fix => {
      const field = `jsonpath={.webhooks[${entry}].clientConfig.caBundle}`;
      return read(of, 'Read what the webhook trusts, in base64', configuration, field);
    },
    /** Where there is no Service to look at. */
    seeUrl: (of: Named, configuration: string): Fix => {
      const does = 'See where the webhook leads: a URL, outside the Services of this cluster';
      return read(of, does, configuration, 'jsonpath={.webhooks[*].clientConfig.url}');
    },
    /** What answers reads its certificate at its start. */
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
      return lookAt(of, 'See what answers at the Service of the webhook', see);
    },
  };
}

/** A change of the namespace's own labels or annotations. It changes no pod. */
export type NamespaceChange = {
  readonly verb: 'label' | 'annotate';
  readonly does: string;
  readonly changes: Changes;
  readonly now: Readonly<Record<string, string>>;
  /** How far it reaches. */
  readonly gains: string | undefined;
  readonly verify: Command;
};

type Then = { readonly of: Subject; readonly renew: Fix; readonly instead?: readonly Fix[] };

/** The changes, whatever may stand in their place, then new pods. A pod that nothing makes again is never deleted. */
export function changeNamespace(
  name: string,
  all: readonly NamespaceChange[],
  { of, renew, instead = [] }: Then,
): readonly Fix[] {
  const some = all.filter(({ changes }) => Object.keys(changes).length > 0);
  const byHand = `No controller makes ${of.maker.name} again: save its manifest, delete it, and create it from that.`;
  const isAlone = of.maker.kind === 'Pod' && some.length > 0;
  const note = isAlone ? `${byHand} ${gitops}` : gitops;
  const fixes = some.map((change) => changeFix(name, change, note));
  return [...fixes, ...instead, ...(isAlone ? [] : [renew])];
}

function changeFix(name: string, change: NamespaceChange, note: string): Fix {
  const { verb, does, changes, now, gains = '', verify } = change;
  const set = (some: Changes) => kubectl`${verb} namespace ${name} ${changeArgs(some)} --overwrite`;
  return {
    does,
    run: set(changes),
    risk: 'changes-config',
    touches: `pods of ${name} that are created from now on; ${gains}`,
    undo: { run: set(wayBack(changes, now)) },
    verify,
    note,
  };
}
