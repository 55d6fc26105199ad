// Several diagnoses as one report: one numbering of the evidence, one list of what to do, one of what is open.
import { shell } from '../core/command.ts';
import type { Diagnosis, Finding, StepRecord } from '../core/diagnosis.ts';
import type { Evidence, EvidenceId } from '../core/evidence.ts';
import type { Fix } from '../core/fix.ts';
import { again } from './next.ts';
import type { Group } from './view.ts';
import { grouped, shown } from './view.ts';

/** The gravest first. An answer that two diagnoses cite has the same number in both. */
export function asOne(all: readonly Diagnosis[]): readonly Group[] {
  const numbers = new Map<string, EvidenceId>();
  return grouped(shown(all)).flatMap(({ all: alike }) => {
    const every = alike.map((d) => renumbered(d, numbers));
    const [first] = every;
    return first ? [{ first, all: every }] : [];
  });
}

function renumbered(d: Diagnosis, numbers: Map<string, EvidenceId>): Diagnosis {
  const own = new Map<EvidenceId, EvidenceId>();
  for (const evidence of d.evidence) {
    const key = keyOf(evidence);
    const id = numbers.get(key) ?? `E${numbers.size + 1}`;
    numbers.set(key, id);
    own.set(evidence.id, id);
  }
  const to = (id: EvidenceId) => own.get(id) ?? id;
  const each = <T extends { readonly evidence: readonly [EvidenceId, ...EvidenceId[]] }>(
    one: T,
  ) => {
    const [first, ...others] = one.evidence;
    return { ...one, evidence: [to(first), ...others.map(to)] as const };
  };
  return {
    ...d,
    findings: d.findings.map(each),
    steps: d.steps.map((step) => renumberedStep(step, to)),
    evidence: onceEach(d.evidence.map((evidence) => ({ ...evidence, id: to(evidence.id) }))),
    timeline: d.timeline.map(each),
  };
}

/** Two looks may come to the same question and answer. */
function onceEach(all: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(all.map((evidence) => [evidence.id, evidence])).values()];
}

function renumberedStep(step: StepRecord, to: (id: EvidenceId) => EvidenceId): StepRecord {
  const { outcome } = step;
  if (outcome.is !== 'clear') return step;
  return { ...step, outcome: { ...outcome, evidence: outcome.evidence.map(to) } };
}

function keyOf({ asked, byHand, at, road, excerpt }: Evidence): string {
  return JSON.stringify([asked, shell(byHand), at, road, excerpt]);
}

/** All of them as one diagnosis, for the parts of a report that appear once: fixes, gaps, evidence. */
export function merged(diagnoses: readonly Diagnosis[]): Diagnosis | undefined {
  const [worst] = diagnoses;
  if (!worst || diagnoses.length === 1) return worst;
  const gaps = diagnoses.flatMap((d) => d.gaps);
  const done = new Set(diagnoses.map((d) => shell(again(d))));
  return {
    ...worst,
    findings: diagnoses.flatMap((d) =>
      d.findings.map((finding) => forWhom(unanswered(finding, done), d.target)),
    ),
    steps: diagnoses.flatMap((d) => d.steps),
    evidence: onceEach(diagnoses.flatMap((d) => d.evidence)),
    gaps: [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()],
    timeline: diagnoses.flatMap((d) => d.timeline),
  };
}

/** "Ask the other runbook" is useless advice where the same report has its answer. */
function unanswered(finding: Finding, done: ReadonlySet<string>): Finding {
  const isOpen = ({ risk, run }: Fix) => risk !== 'reads' || !done.has(shell(run));
  return { ...finding, fixes: finding.fixes.filter(isOpen) };
}

/** "Restart it" is right for one target and wrong for another, so each fix names its target. */
function forWhom(finding: Finding, target: string): Finding {
  const named = (does: string) => `For ${target}: ${does}`;
  return { ...finding, fixes: finding.fixes.map((fix) => ({ ...fix, does: named(fix.does) })) };
}
