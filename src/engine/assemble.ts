// Puts a diagnosis together: findings in reading order, evidence numbered as it is first cited.
import type { Gap } from '../core/answer.ts';
import { heldNote, isHeld } from '../core/argv.ts';
import {
  verdict,
  type Diagnosis,
  type Finding,
  type Outcome,
  type StepRecord,
} from '../core/diagnosis.ts';
import type { Evidence, EvidenceId } from '../core/evidence.ts';
import type { Fix } from '../core/fix.ts';
import { inTime, momentOf } from '../core/moment.ts';
import { slotText, type SlotValue } from '../core/finding.ts';
import type { AnyStep, Runbook } from '../core/runbook.ts';
import { subjectOf } from '../core/subject.ts';
import { fill, safeText } from '../core/text.ts';
import type { Gathered, Said } from './step.ts';
import { followedTo, toldOnce, type Told } from './told.ts';

/** What the caller knows that the run does not. */
export type Header = Pick<Diagnosis, 'input' | 'about'> & { readonly target: string };

/** One step after judging. */
export type StepResult = {
  readonly step: AnyStep;
  readonly gathered: Gathered;
  readonly said: readonly Said[];
  readonly gaps: readonly Gap[];
  /** Gaps of other steps that it builds on. */
  readonly inherited: readonly Gap[];
  readonly skipped?: string;
  readonly clear?: string;
  /** What it read of the answers of earlier steps. */
  readonly shown?: readonly Evidence[];
};

type IdOf = (evidence: Evidence) => EvidenceId;

export function skippedRecord(step: AnyStep, because: string): StepResult {
  const nothing = { gaps: [], inherited: [], evidence: [], moments: [], unwell: [], versions: {} };
  const gathered: Gathered = { state: 'skipped', ...nothing, byAnswer: new Map(), ms: 0 };
  return { step, gathered, said: [], gaps: [], inherited: [], skipped: because };
}

export function stepRecord(
  result: StepResult,
  runbook: string,
  idOf: IdOf = () => 'E0',
): StepRecord {
  const { step, gathered } = result;
  const rulesOut = answersIn(result).length > 0 ? undefined : step.rulesOut;
  return {
    id: step.id,
    asks: step.asks,
    ...(rulesOut === undefined ? {} : { rulesOut }),
    ms: gathered.ms,
    outcome: outcomeOf(result, runbook, idOf),
  };
}

function outcomeOf(result: StepResult, runbook: string, idOf: IdOf): Outcome {
  const told = toldIn(result, runbook);
  if (told.length > 0) {
    return { is: 'found', codes: [...new Set(told.map((s) => `${s.runbook}/${s.id}` as const))] };
  }
  const open = result.gaps.length > 0 ? result.gaps : result.inherited;
  if (open.length > 0) return { is: 'could-not-check', gaps: open };
  if (result.skipped !== undefined) return { is: 'skipped', because: result.skipped };
  const [answer] = answersIn(result).map(({ message, slots }) => fill(message.says, slots));
  const clear = answer ?? result.clear;
  const says = clear === undefined ? {} : { says: safeText(clear) };
  const evidence = new Set([...result.gathered.evidence, ...(result.shown ?? [])]);
  return { is: 'clear', evidence: [...evidence].map(idOf), ...says };
}

/** What a step says is wrong. */
function toldIn({ step, said }: StepResult, runbook: string): readonly Told[] {
  return said
    .filter(({ id }) => !isAnswer(step, id))
    .map((one) => ({ ...one, runbook: step.of?.id ?? runbook, among: step.of?.among }));
}

/** What it says only to whoever asked its runbook. */
function answersIn({ step, said }: StepResult): readonly Said[] {
  return said.filter(({ id }) => isAnswer(step, id));
}

function isAnswer({ of }: AnyStep, id: string): boolean {
  return of?.answersOnly?.includes(id) ?? false;
}

export function assemble(
  runbook: Runbook,
  results: readonly StepResult[],
  header: Header,
  cut: 'interrupted' | 'timed-out' | undefined,
): Diagnosis {
  const { id, title } = runbook.head;
  const told = results.flatMap((result) => toldIn(result, id));
  const said = toldOnce(told, header.target);
  const numbered = number([
    ...said.flatMap((s) => s.from),
    ...results.flatMap((result) => result.gathered.evidence),
  ]);
  const idOf: IdOf = (evidence) => numbered.get(evidence) ?? 'E0';
  const findings = said.map((s) => finding(s, idOf));
  const read = unique(results.flatMap((result) => result.gaps));
  const steps = results.map((result) => stepRecord(result, id, idOf));
  const outcomes = steps.map(({ outcome }) => outcome);
  // A cause or a symptom speaks for what is seen; beside neither it is what is left to explain.
  const isTold = findings.some(({ role }) => role !== 'contributor');
  const unwell = isTold ? [] : unique(results.flatMap(({ gathered }) => gathered.unwell));
  const gaps = [...read, ...unwell];
  const moments = results.flatMap((result) => result.gathered.moments);
  return {
    schema: 1,
    runbook: id,
    title,
    target: safeText(header.target),
    input: header.input,
    verdict: verdict(findings, gaps, outcomes),
    findings,
    steps,
    evidence: [...numbered].map(([evidence, key]) => ({ ...evidence, id: key })),
    gaps,
    timeline: inTime(
      moments.flatMap(({ by, moments: of }) => of.map((m) => momentOf(m, idOf(by)))),
    ),
    about: { ...header.about, ...(cut ? { cut } : {}) },
  };
}

/** E1, E2... in order of first citation. The same evidence object is one piece of evidence. */
function number(evidence: readonly Evidence[]): ReadonlyMap<Evidence, EvidenceId> {
  const numbered = new Map<Evidence, EvidenceId>();
  for (const piece of evidence) {
    if (!numbered.has(piece)) numbered.set(piece, `E${numbered.size + 1}`);
  }
  return numbered;
}

function finding(said: Told, idOf: IdOf): Finding {
  const { message, slots, rest, runbook } = said;
  const [first, ...others] = [...new Set(said.from.map(idOf))];
  const avoid = rest.avoid ?? (message.avoid === undefined ? '' : fill(message.avoid, slots));
  const optional = (key: 'reach' | 'since' | 'avoid', text = '') =>
    text === '' ? {} : { [key]: safeText(text) };
  return {
    code: `${runbook}/${said.id}`,
    role: message.role,
    sure: said.sure,
    says: fill(message.says, slots),
    means: fill(message.means, slots),
    subject: subjectOf({ ...slots, ...textsOf(rest.about ?? {}) }),
    ...optional('reach', rest.reach),
    ...optional('since', rest.since),
    ...optional('avoid', avoid),
    evidence: [first ?? 'E0', ...others],
    fixes: (rest.fixes ?? []).map(withNote),
    see: message.see ?? [],
    ...(message.follow
      ? { follow: { runbook: message.follow.runbook, target: followedTo(message.follow, said) } }
      : {}),
  };
}

function textsOf(values: Readonly<Record<string, SlotValue>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([k, v]) => [k, slotText(v)]));
}

/** Says why a command is not whole. */
function withNote(fix: Fix): Fix {
  const commands = [fix.run, fix.verify, ...('run' in fix.undo ? [fix.undo.run] : [])];
  if (!commands.some(isHeld)) return fix;
  return { ...fix, note: [heldNote, fix.note ?? ''].join(' ').trim() };
}

function unique(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.asked} ${gap.why} ${gap.detail}`, gap])).values()];
}
