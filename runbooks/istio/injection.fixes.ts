// The fixes of `injection`: labels on a namespace, labels on a pod template, restarts. Each is built from text.
import {
  inspect,
  kubectl,
  meshdoc,
  restartNamed,
  type Command,
  type Fix,
} from '../../src/authoring.ts';

export type Again = Readonly<Record<'again', string>>;
export type Maker = Readonly<Record<'kind' | 'name' | 'namespace', string>>;
/** Arguments of `kubectl label`, with spaces between; empty when no label helps. */
export type Labelling = Readonly<Record<'set' | 'unset' | 'gains', string>>;
/** Merge patches; empty when there is nothing to patch. */
export type Patching = Readonly<Record<'patch' | 'unpatch', string>>;

export function verify({ again }: Again): Command {
  return meshdoc('diagnose', 'injection', again);
}

function labelNamespace(namespace: string, args: string): Command {
  return kubectl('label', 'namespace', namespace, ...args.split(' '), '--overwrite');
}

const gitops = 'If GitOps keeps this object, change it there: by hand it comes back.';

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
      verify: kubectl('get', 'namespace', a.namespace, '-L', 'istio-injection,istio.io/rev'),
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

/** Makes new pods: the only way to a sidecar for what runs already. */
export function restartFix(a: Maker & Again & Readonly<Record<'paused', string>>): Fix {
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  if (a.kind === 'Job' || a.kind === 'CronJob') {
    return inspect(
      `Wait for the next run of ${target}: pods that run keep what they have`,
      kubectl('get', target, '-n', a.namespace),
      verify(a),
    );
  }
  if (a.paused === 'paused') return resume(target, a);
  return restartNamed(a.kind, a.name, a.namespace, verify(a));
}

/** `rollout restart` refuses a Deployment that is paused. */
function resume(target: string, a: Maker & Again): Fix {
  const rollout = (verb: string) => kubectl('rollout', verb, target, '-n', a.namespace);
  return {
    does: `Resume ${target}, which is paused: what waits in its template then rolls out`,
    run: rollout('resume'),
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${a.namespace}, one after another`,
    undo: { run: rollout('pause') },
    verify: verify(a),
  };
}

/** Several at once; what no rollout can replace is only shown. */
export function restartAllFix(
  a: Readonly<Record<'namespace' | 'targets', string>>,
): readonly Fix[] {
  const again = { again: `ns/${a.namespace}` };
  const see = lookAt(again, 'See what runs there', 'get', 'pods', '-n', a.namespace, '-o', 'wide');
  if (a.targets === '') return [see];
  const targets = a.targets.split(' ');
  return [
    see,
    {
      does: 'Restart them',
      run: kubectl('rollout', 'restart', ...targets, '-n', a.namespace),
      risk: 'restarts-pods',
      touches: `every pod of ${targets.join(', ')} in ${a.namespace}, one after another`,
      undo: { because: 'the new pods are made from the same template' },
      verify: verify(again),
    },
  ];
}

/** Changes what new pods are made from; the rollout replaces the pods by itself. */
export function patchFix(a: Maker & Again & Patching, does: string): readonly Fix[] {
  if (a.patch === '' || a.kind === 'Pod' || a.kind === 'Job') {
    const what = a.kind.toLowerCase();
    return [
      inspect(
        `${does}: its manifest is to be changed where it is kept`,
        kubectl('get', what, a.name, '-n', a.namespace, '-o', 'yaml'),
        verify(a),
      ),
    ];
  }
  const target = `${a.kind.toLowerCase()}/${a.name}`;
  const patch = (body: string) =>
    kubectl('patch', target, '-n', a.namespace, '--type=merge', '-p', body);
  return [
    {
      does,
      run: patch(a.patch),
      risk: 'restarts-pods',
      touches: `every pod of ${target} in ${a.namespace}, one after another`,
      undo: { run: patch(a.unpatch) },
      verify: verify(a),
      note: gitops,
    },
  ];
}

/** In place of a label on the namespace: one workload, by its own label. */
export function aloneFix(a: Maker & Again & Patching): readonly Fix[] {
  const patchable = a.patch !== '' && a.kind !== 'Pod' && a.kind !== 'Job';
  return patchable
    ? patchFix(a, `Or let ${a.name} alone into the mesh, by a label on its pods`)
    : [];
}

/** Gives `istio-injection=enabled` something to answer it. */
export function defaultTagFix(a: Again & Readonly<Record<'answer', string>>): readonly Fix[] {
  if (a.answer === '') return [];
  return [
    {
      does: `Or make revision ${a.answer} the default of the mesh with istioctl tag set`,
      run: { argv: ['istioctl', 'tag', 'set', 'default', '--revision', a.answer, '--overwrite'] },
      risk: 'changes-traffic',
      touches: 'every namespace with istio-injection=enabled: its new pods get this revision',
      undo: { run: { argv: ['istioctl', 'tag', 'remove', 'default', '-y'] } },
      verify: verify(a),
    },
  ];
}

export function lookAt(a: Again, does: string, ...args: readonly string[]): Fix {
  return inspect(does, kubectl(...args), verify(a));
}
