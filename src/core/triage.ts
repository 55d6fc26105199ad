// One runbook made of all others, for a person who does not know which one to type.
import { input, type Inputs, type Place } from './input.ts';
import type { PodRef } from './refs.ts';
import {
  skip,
  type AnyRecogniser,
  type AnyStep,
  type RecogniserInput,
  type Runbook,
  type Skip,
} from './runbook.ts';

export const triageId = 'triage';
const meshId = 'mesh';

/**
 * First the mesh; then every step of each runbook that is for any pod or for that mesh, side by side. A question that two of
 * them ask is asked once.
 */
export function triageOf(all: readonly Runbook[], recogniser: AnyRecogniser): Runbook {
  return {
    head: {
      id: triageId,
      title: 'What is wrong',
      symptom:
        'Something is wrong with a pod, a workload or a namespace, and you do not know what.',
      input: { target: input.place('the pod, workload or namespace with the problem') },
      findings: recogniser.findings,
      ahead: (choice) => all.flatMap(({ head }) => head.ahead?.(choice) ?? []),
    },
    steps: [meshStep(recogniser), ...all.flatMap((runbook) => stepsOf(runbook, recogniser))],
  };
}

function meshStep({ asks, uses, gather, judge }: AnyRecogniser): AnyStep {
  return {
    ...{ id: meshId, asks, uses, after: [] },
    why: 'Each mesh has its own runbooks.',
    gather: (look, given) => gather(look, given as RecogniserInput),
    judge: (got, given) => judge(got, given as RecogniserInput),
  };
}

function stepsOf({ head, steps }: Runbook, recogniser: AnyRecogniser): readonly AnyStep[] {
  const named = (id: string) => `${head.id}/${id}`;
  const own = (from: Readonly<Record<string, unknown>>) => ownResults(head.id, from);
  const given = (one: unknown) => inputFor(head.input, one as RecogniserInput);
  return steps.map((step) => ({
    ...step,
    id: named(step.id),
    of: head,
    after: [meshId, ...step.after.map(named)],
    fits: (earlier, one) => fits(head, recogniser, earlier[meshId], one as RecogniserInput),
    ...(step.when ? { when: (earlier) => step.when?.(own(earlier)) ?? true } : {}),
    gather: (look, one, earlier) => step.gather(look, given(one), own(earlier)),
    judge: (got, one, sofar, told) => step.judge(got, given(one), own(sofar), told),
  }));
}

function fits(
  { mesh, input: inputs }: Runbook['head'],
  recogniser: AnyRecogniser,
  got: unknown,
  given: RecogniserInput,
): true | Skip {
  const { target } = given;
  const types = Object.values(inputs).map(({ type }) => type);
  const takes = target.is === 'pod' || types.includes('place') || types.includes('anywhere');
  if (!takes) return skip('for pods only');
  const meshes = recogniser.meshes(got, given);
  const is = mesh === undefined || meshes === undefined || meshes.includes(mesh);
  return is || skip('for a mesh that this is not in');
}

/** The results of one runbook's steps, by the names that they have there. Each is read only where it is asked for. */
function ownResults(
  runbook: string,
  from: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return new Proxy(
    {},
    { get: (_, id) => (typeof id === 'string' ? from[`${runbook}/${id}`] : undefined) },
  );
}

/** What a runbook is given that takes the same target in its own way; what a person may leave out is left out. */
function inputFor(inputs: Inputs, { target, ...mesh }: RecogniserInput): unknown {
  const values = Object.entries(inputs).map(([key, { type }]) => [key, valueFor[type](target)]);
  return { ...mesh, ...Object.fromEntries(values) };
}

const podIn = (target: Place): PodRef | undefined => (target.is === 'pod' ? target.pod : undefined);

const valueFor: Readonly<Record<Inputs[string]['type'], (target: Place) => unknown>> = {
  pod: podIn,
  place: (target) => target,
  anywhere: (target) => target,
  destination: (target) => ({ pod: podIn(target), port: undefined, service: undefined }),
  caller: () => undefined,
  option: () => undefined,
  options: () => [],
};

/** What a case of triage keeps: the runbooks that were run. */
export function runbooksOf(triage: Runbook): readonly string[] {
  return [...new Set(triage.steps.flatMap(({ of }) => of?.id ?? []))];
}

/** Triage of some of its runbooks. Without its own question each of them is taken to fit. */
export function triageOfOnly(
  triage: Runbook,
  ids: readonly string[],
  mesh: 'with the mesh' | 'without',
): Runbook {
  const steps = triage.steps.filter(({ of }) => of !== undefined && ids.includes(of.id));
  if (mesh === 'with the mesh') {
    const own = triage.steps.filter(({ of }) => of === undefined);
    return { ...triage, steps: [...own, ...steps] };
  }
  return {
    ...triage,
    steps: steps.map(({ fits: _, ...step }) => ({
      ...step,
      after: step.after.filter((id) => id !== meshId),
    })),
  };
}
