// The values that the sentences and fixes of `stale` are filled with.
import { podText, putBack, type PodRef } from '../../../src/authoring.ts';
import type { Culprit } from '../../../src/facts/istio/blame.ts';
import type { Problem } from '../../../src/model/istio/effect/scene.ts';
import { workloadOf } from '../../../src/model/istio/sync-verdict.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';

/** A pod and what a person restarts to replace it. */
export function names(ref: PodRef, about: Pod) {
  const { kind, name: workload } = workloadOf(about);
  return { pod: ref, namespace: ref.namespace, name: ref.name, kind, workload };
}

export function culpritSlots(culprit: Culprit) {
  const { resource, namespace, name, changed, owner, generation } = culprit;
  const named = `${resource.kind} ${namespace}/${name}`;
  const undo = putBack(culprit.object);
  return {
    resource: named,
    changed: changed
      ? `${changed.at}, when ${changed.by} last changed ${named} (generation ${generation})`
      : '',
    owned:
      owner === undefined ? '' : ` ${owner} owns the resource: correct it there, or it comes back.`,
    kind: resource.kind,
    plural: `${resource.plural}.${resource.group}`,
    name,
    namespace,
    undo: 'run' in undo ? (undo.run.stdin ?? '') : undo.because,
  };
}

export function effectSlots(problem: Problem, ref: PodRef) {
  const { resource, says, consequence, changed, owner, fixes } = problem;
  const [fix] = fixes;
  const target = fix?.target ?? resource;
  return {
    problem: says,
    consequence,
    changed: changed
      ? `${changed.at}, when ${changed.by} last changed it (generation ${changed.generation})`
      : '',
    owned: owner === undefined ? '' : `Do not edit it by hand: ${owner} owns it and puts it back.`,
    does: fix?.does ?? '',
    touches: fix?.touches ?? '',
    kind: target.kind,
    name: target.name,
    namespace: target.namespace,
    patch: fix?.patch?.body ?? '',
    undo: fix?.undo?.body ?? '',
    pod: podText(ref),
  };
}
