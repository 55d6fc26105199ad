// The fixes of `injection`: labels on a namespace, labels on a pod template, restarts.
import { inspect, kubectl, meshdoc, type Command, type Fix } from '../../../src/authoring.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import type { Mend } from '../../../src/model/istio/inject/reasons.ts';
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
import { istioctl } from '../../../src/meshes/istio/commands.ts';

export function verify(of: Subject): Command {
  return meshdoc`diagnose injection ${againTarget(of)}`;
}

export function lookAt(of: Subject, does: string, run: Command): Fix {
  return inspect(does, run, verify(of));
}

/** Of the workload, or of a pod that nothing makes. */
export function readManifest(of: Subject, does: string): Fix {
  const { kind, name, namespace } = of.maker;
  return lookAt(of, does, kubectl`get ${kind.toLowerCase()} ${name} -n ${namespace} -o yaml`);
}

export function restart(of: Subject): Fix {
  return renewFix({ ...of.maker, paused: of.paused }, verify(of));
}

export function restartAll(namespace: string, all: readonly Subject[]): readonly Fix[] {
  const targets = rolloutTargets(all.map(({ maker }) => maker));
  return renewAllFix({ namespace, targets }, meshdoc`diagnose injection ns/${namespace}`);
}

/** A label on the namespace. It changes no pod; the restart that brings the sidecar comes after it. */
export type Labelling = { readonly labels: Changes; readonly gains: string };

/** The label, whatever may stand in its place, then new pods. A pod that nothing makes again is never deleted. */
export function labelAndRestart(
  of: Subject,
  here: Namespace,
  labelling: Labelling | undefined,
  ...instead: readonly Fix[]
): readonly Fix[] {
  if (!labelling) return [...instead, restart(of)];
  const byHand = `No controller makes ${of.maker.name} again: save its manifest, delete it, and create it from that.`;
  return of.maker.kind === 'Pod'
    ? [label(here, labelling, `${byHand} ${gitops}`), ...instead]
    : [label(here, labelling, gitops), ...instead, restart(of)];
}

function label({ name, labels: now }: Namespace, { labels, gains }: Labelling, note: string): Fix {
  const set = (changes: Changes) =>
    kubectl`label namespace ${name} ${changeArgs(changes)} --overwrite`;
  return {
    does: `Label namespace ${name}`,
    run: set(labels),
    risk: 'changes-config',
    touches: `pods of ${name} that are created from now on; ${gains}`,
    undo: { run: set(wayBack(labels, now)) },
    verify: kubectl`get namespace ${name} -L istio-injection,istio.io/rev`,
    note,
  };
}

export function patch(of: Subject, mend: Mend, does: string): readonly Fix[] {
  const change = mend.on === 'template' ? { ...mend, now: of.template } : undefined;
  return patchTemplateFix(of.maker, change, does, verify(of));
}

/** In place of a label on the namespace: one workload, by its own label. None is named where a namespace has none. */
export function letInAlone(of: Subject, mend: Mend): readonly Fix[] {
  const isNobody = of.pods.length === 0 && of.wanted === 0;
  return isNobody || mend.on !== 'template' || !isPatchable(of.maker.kind)
    ? []
    : patch(of, mend, `Or let ${of.maker.name} alone into the mesh, by a label on its pods`);
}

/** Gives `istio-injection=enabled` something to answer it. */
export function tagDefault(of: Subject, revision: string | undefined): readonly Fix[] {
  if (revision === undefined) return [];
  return [
    {
      does: `Or make revision ${revision} the default of the mesh with istioctl tag set`,
      run: istioctl`tag set default --revision ${revision} --overwrite`,
      risk: 'changes-traffic',
      touches: 'every namespace with istio-injection=enabled: its new pods get this revision',
      undo: { run: istioctl`tag remove default -y` },
      verify: verify(of),
    },
  ];
}
