// Fixes: printed for a person, never run. Each says what it affects, how to undo it and how to verify it.
import { kubectl, type Command } from './command.ts';
import type { KubeObject } from './object.ts';
import { holdsHidden } from './text.ts';

/** The least invasive first; reports print fixes in this order. */
export const risks = [
  'reads',
  'changes-config',
  'restarts-pods',
  'changes-traffic',
  'changes-security',
  'restarts-control-plane',
] as const;
export type Risk = (typeof risks)[number];

export type Undo = { readonly run: Command } | { readonly because: string };

export type Fix = {
  /** Imperative, one line: "Restart the pods of deployment/web". */
  readonly does: string;
  readonly run: Command;
  readonly risk: Risk;
  /** Blast radius, read after "affects": "every pod of deployment/web, one after another". */
  readonly touches: string;
  readonly undo: Undo;
  /** Shows that it worked. */
  readonly verify: Command;
  /** `then`: needed as well, after the fixes before it have worked. Others are alternatives. */
  readonly turn?: 'then';
  /** What to know first: who owns the object, what else changes. */
  readonly note?: string;
};

/** A controller a person can restart: `deployment/web` in `shop`. */
export type WorkloadName = {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
};

/** Looks closer and changes nothing. */
export function inspect(does: string, run: Command, verify: Command = run): Fix {
  return {
    does,
    run,
    risk: 'reads',
    touches: 'nothing',
    undo: { because: 'it only reads' },
    verify,
  };
}

/**
 * Deletes one pod so that its controller makes another. A pod without a controller (`workload.kind` is Pod) would be gone
 * for good, so for that one it only says what to save first.
 */
export function replacePod(
  pod: { readonly namespace: string; readonly name: string },
  workload: { readonly kind: string; readonly name: string },
  verify: Command,
): Fix {
  if (workload.kind === 'Pod') {
    return inspect(
      `Save the manifest of ${pod.name} before you delete it: no controller recreates it`,
      kubectl`get pod ${pod.name} -n ${pod.namespace} -o yaml`,
      verify,
    );
  }
  return {
    does: `Replace the pod ${pod.name}`,
    run: kubectl`delete pod ${pod.name} -n ${pod.namespace}`,
    risk: 'restarts-pods',
    touches: `this pod only; ${workload.kind} ${workload.name} starts another`,
    undo: { because: 'the new pod is made from the same template' },
    verify,
  };
}

/** Puts an object back as it was read; impossible when the guard hid part of it. */
export function putBack(object: KubeObject): Undo {
  const {
    managedFields: _m,
    uid: _u,
    generation: _g,
    creationTimestamp: _c,
    ...kept
  } = object.metadata;
  const { resourceVersion: _r, ...metadata } = kept as typeof kept & { resourceVersion?: unknown };
  const { status: _s, ...rest } = object;
  const stdin = JSON.stringify({ ...rest, metadata });
  if (holdsHidden(stdin)) {
    return { because: 'part of it is hidden here and cannot be printed; save it first' };
  }
  return { run: { ...kubectl`apply -f -`, stdin } };
}
