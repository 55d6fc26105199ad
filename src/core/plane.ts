// Whether the control plane of a mesh is well: every runbook of the mesh asks it, beside its own questions. What the control
// plane is, and what its state means, is the mesh's own (runbooks/shared/<mesh>/plane.ts).
import type { AnyCheck } from './check.ts';
import { stepOf } from './check.ts';
import type { Catalogue } from './finding.ts';
import type { Runbook } from './runbook.ts';

export type Plane = {
  readonly findings: Catalogue;
  /** The check as this runbook has it: what to type again names the runbook. */
  readonly check: (runbook: string) => AnyCheck;
};

/** Asked with all the rest and judged last: what the runbook itself found is nearer to what was asked. */
export function withPlane(runbook: Runbook, plane: Plane): Runbook {
  const { head, steps } = runbook;
  const step = stepOf(plane.check(head.id));
  // A runbook with the check at a place of its own has it already.
  if (steps.some(({ id }) => id === step.id)) return runbook;
  return {
    head: { ...head, findings: { ...head.findings, ...plane.findings } },
    steps: [...steps, step],
  };
}

type Loaded<T> = Promise<{ readonly default: T }>;

/** For the list of runbooks, which loads both. */
export async function loadWithPlane(
  runbook: Loaded<Runbook>,
  plane: Loaded<Plane>,
): Loaded<Runbook> {
  const [{ default: one }, { default: its }] = await Promise.all([runbook, plane]);
  return { default: withPlane(one, its) };
}
