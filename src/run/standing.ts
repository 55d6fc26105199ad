// Whatever is asked of a workload or a namespace, it is never called OK while what runs there is visibly not well.
import { bounded, orElse } from '../core/deadline.ts';
import { isSound, verdict, type Diagnosis } from '../core/diagnosis.ts';
import type { Gap } from '../core/answer.ts';
import type { Inputs, Place } from '../core/input.ts';
import { overdue, type Ports } from '../core/ports.ts';
import { questionText } from '../core/question.ts';
import { gapOf, unexplained } from '../engine/look.ts';
import { pods } from '../facts/kube/kinds.ts';
import { spaceOf, standing, type Group } from '../facts/kube/standing.ts';
import type { Case } from '../snapshot/case.ts';

type Looking = {
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** The case being replayed. */
  readonly saved: Case | undefined;
};

/** The workload or namespace that a runbook was given. */
export function groupIn(
  inputs: Inputs,
  values: Readonly<Record<string, unknown>>,
): Group | undefined {
  const places = Object.entries(inputs)
    .filter(([, { type }]) => type === 'place' || type === 'anywhere')
    .flatMap(([key]) => (values[key] as Place | undefined) ?? []);
  return places.find((place): place is Group => place.is !== 'pod');
}

/** A diagnosis that found nothing, and what is not well there. */
export async function withStanding(
  d: Diagnosis,
  place: Group | undefined,
  looking: Looking,
): Promise<Diagnosis> {
  if (!place || !isSound(d.verdict) || !wasAsked(place, looking.saved)) return d;
  const gaps = [...d.gaps, ...(await lookAt(place, looking))];
  const outcomes = d.steps.map(({ outcome }) => outcome);
  return { ...d, gaps, verdict: verdict(d.findings, gaps, outcomes) };
}

async function lookAt(place: Group, { ports, signal }: Looking): Promise<readonly Gap[]> {
  const fetched = await bounded(standing.timeoutMs, signal, (own) =>
    orElse(standing.fetch(ports, { place }, own), own, () => overdue(own)),
  );
  const missed = (fetched.missed ?? []).map(gapOf);
  if (fetched.ok) return [...missed, ...unexplained(standing, { place }, fetched.value)];
  const { why, detail, access } = fetched;
  const asked = standing.asks({ place });
  return why === 'absent' ? missed : [...missed, gapOf({ asked, why, detail, access })];
}

/** A case from before this was asked cannot answer it. */
function wasAsked(place: Group, saved: Case | undefined): boolean {
  if (!saved || saved.file.complete) return true;
  const list = questionText({ ask: 'list', resource: pods, namespace: spaceOf(place) });
  const refused = saved.file.replies?.some(({ question }) => question === list) ?? false;
  return refused || (saved.file.asked?.includes(list) ?? false);
}
