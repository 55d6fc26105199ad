// The fixes of `injection`: labels on a namespace, labels on a pod template, restarts. Each is built from text.
import {
  inspect,
  istioctl,
  kubectl,
  meshdoc,
  type Command,
  type Fix,
} from '../../../src/authoring.ts';
import {
  gitops,
  isPatchable,
  patchTemplateFix,
  renewAllFix,
  renewFix,
  wordsIn,
} from '../../../src/model/kube/maker-fixes.ts';

export type Again = Readonly<Record<'again', string>>;
export type Maker = Readonly<Record<'kind' | 'name' | 'namespace', string>>;
/** Arguments of `kubectl label` (`wordsSlot`); empty when no label helps. */
export type Labelling = Readonly<Record<'set' | 'unset' | 'gains', string>>;
/** Merge patches; empty when there is nothing to patch. */
export type Patching = Readonly<Record<'patch' | 'unpatch', string>>;

export function verify({ again }: Again): Command {
  return meshdoc`diagnose injection ${again}`;
}

function labelNamespace(namespace: string, args: string): Command {
  return kubectl`label namespace ${namespace} ${wordsIn(args)} --overwrite`;
}

/** The label alone changes no pod; the restart that brings the sidecar comes after it. */
function labelFix(a: Labelling & Maker): readonly Fix[] {
  if (a.set === '') return [];
  return [
    {
      does: `Label namespace ${a.namespace}`,
      run: labelNamespace(a.namespace, a.set),
      risk: 'changes-config',
      touches: `pods of ${a.namespace} that are created from now on; ${a.gains}`,
      undo: { run: labelNamespace(a.namespace, a.unset) },
      verify: kubectl`get namespace ${a.namespace} -L istio-injection,istio.io/rev`,
      note: gitops,
    },
  ];
}

/** The label, whatever may stand in its place, then new pods. A pod that nothing makes again is never deleted. */
export function labelAndRestart(
  a: Labelling & Maker & Again & Readonly<Record<'paused', string>>,
  ...instead: readonly Fix[]
): readonly Fix[] {
  const labels = labelFix(a);
  if (a.kind !== 'Pod' || labels.length === 0) return [...labels, ...instead, restartFix(a)];
  const byHand = `No controller makes ${a.name} again: save its manifest, delete it, and create it from that.`;
  return [...labels.map((fix) => ({ ...fix, note: `${byHand} ${gitops}` })), ...instead];
}

export function restartFix(a: Maker & Again & Readonly<Record<'paused', string>>): Fix {
  return renewFix(a, verify(a));
}

export function restartAllFix(
  a: Readonly<Record<'namespace' | 'targets', string>>,
): readonly Fix[] {
  return renewAllFix(a, verify({ again: `ns/${a.namespace}` }));
}

export function patchFix(a: Maker & Again & Patching, does: string): readonly Fix[] {
  return patchTemplateFix(a, does, verify(a));
}

/** In place of a label on the namespace: one workload, by its own label. */
export function aloneFix(a: Maker & Again & Patching): readonly Fix[] {
  return isPatchable(a)
    ? patchFix(a, `Or let ${a.name} alone into the mesh, by a label on its pods`)
    : [];
}

/** Gives `istio-injection=enabled` something to answer it. */
export function defaultTagFix(a: Again & Readonly<Record<'answer', string>>): readonly Fix[] {
  if (a.answer === '') return [];
  return [
    {
      does: `Or make revision ${a.answer} the default of the mesh with istioctl tag set`,
      run: istioctl`tag set default --revision ${a.answer} --overwrite`,
      risk: 'changes-traffic',
      touches: 'every namespace with istio-injection=enabled: its new pods get this revision',
      undo: { run: istioctl`tag remove default -y` },
      verify: verify(a),
    },
  ];
}

export function lookAt(a: Again, does: string, run: Command): Fix {
  return inspect(does, run, verify(a));
}
