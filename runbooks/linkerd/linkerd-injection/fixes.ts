// The fixes of `linkerd-injection` for a workload and its namespace: annotations, and new pods.
import { inspect, kubectl, meshdoc, type Command, type Fix } from '../../../src/authoring.ts';
import { againTarget, type Subject } from '../../../src/model/kube/subject.ts';
import * as made from '../../../src/model/kube/workload-fixes.ts';
import type { Mend, Setting } from '../../../src/model/linkerd/inject/reasons.ts';
import type { NamespaceOf } from '../../../src/model/linkerd/inject/verdict.ts';

export type Named = Pick<Subject, 'text' | 'maker'>;

export function verify(subject: Named): Command {
  return meshdoc`diagnose linkerd-injection ${againTarget(subject)}`;
}

export function lookAt(subject: Named, does: string, run: Command): Fix {
  return inspect(does, run, verify(subject));
}

export function readMaker({ maker: { kind, name, namespace } }: Named): Command {
  return kubectl`get ${kind.toLowerCase()} ${name} -n ${namespace} -o yaml`;
}

export function readLog({ maker: { kind, name, namespace } }: Named, container: string): Command {
  const what = kind === 'Pod' ? name : `${kind.toLowerCase()}/${name}`;
  return kubectl`logs ${what} -n ${namespace} --tail=20 -c ${container}`;
}

export function renew(subject: Subject): Fix {
  return made.renewFix({ ...subject.maker, paused: subject.paused }, verify(subject));
}

export function renewAll(namespace: string, subjects: readonly Subject[]): readonly Fix[] {
  const targets = made.rolloutTargets(subjects.map(({ maker }) => maker));
  const verifying = meshdoc`diagnose linkerd-injection ${`ns/${namespace}`}`;
  return made.renewAllFix({ namespace, targets }, verifying);
}

export function patch(subject: Subject, mend: Mend, does: string): readonly Fix[] {
  const change = mend.on === 'template' ? { ...mend, now: subject.template } : undefined;
  return made.patchTemplateFix(subject.maker, change, does, verify(subject));
}

/** Istio looks at this label of the pod before all others. */
export function keepIstioOff(subject: Subject): readonly Fix[] {
  const labels = { 'sidecar.istio.io/inject': 'false' };
  const off: Setting = { on: 'template', labels, annotations: {} };
  return patch(subject, off, `Keep Istio off the pods of ${subject.maker.name}`);
}

/** In place of an annotation on the namespace: one workload, by its own. None is named where a namespace has none. */
export function letInAlone(subject: Subject, alone: Mend): readonly Fix[] {
  const { maker, pods, wanted } = subject;
  if ((pods.length === 0 && wanted === 0) || !made.isPatchable(maker.kind)) return [];
  const does = `Or let ${maker.name} alone into the mesh, by an annotation on its pods`;
  return patch(subject, alone, does);
}

export type Change = {
  readonly of: Subject;
  /** The namespace as it is. */
  readonly here: NamespaceOf;
  /** How far a change of the namespace reaches. */
  readonly gains: string | undefined;
};

/** The change of the namespace, then new pods. A pod that nothing makes again is never deleted. */
export function mendNamespace(to: Change, mend: Mend): readonly Fix[] {
  const { maker } = to.of;
  if (mend.on !== 'namespace') return [renew(to.of)];
  const { name } = to.here;
  const annotate = `Ask for injection by an annotation on namespace ${name}`;
  const changes = [
    ...change(to, 'annotate', mend.annotations, annotate),
    ...change(to, 'label', mend.labels, `Take the label off namespace ${name}`),
  ];
  if (maker.kind !== 'Pod') return [...changes, renew(to.of)];
  const byHand = `No controller makes ${maker.name} again: save its manifest, delete it, and create it from that.`;
  return changes.map((fix) => ({ ...fix, note: `${byHand} ${made.gitops}` }));
}

function change(
  { here, gains }: Change,
  verb: 'annotate' | 'label',
  changes: made.Changes,
  does: string,
): readonly Fix[] {
  if (Object.keys(changes).length === 0) return [];
  const { name, annotations, labels } = here;
  const run = (some: made.Changes) =>
    kubectl`${verb} namespace ${name} ${made.changeArgs(some)} --overwrite`;
  return [
    {
      does,
      run: run(changes),
      risk: 'changes-config',
      touches: `pods of ${name} that are created from now on; ${gains ?? ''}`,
      undo: { run: run(made.wayBack(changes, verb === 'label' ? labels : annotations)) },
      verify: kubectl`get namespace ${name} -o yaml`,
      note: made.gitops,
    },
  ];
}
