// What a reader needs from a diagnosis, picked and ordered once for every format.
import type { Gap } from '../core/answer.ts';
import { shell, type Command, type Reach } from '../core/command.ts';
import type { Diagnosis, Finding, Verdict } from '../core/diagnosis.ts';
import type { Evidence } from '../core/evidence.ts';
import { risks, type Fix } from '../core/fix.ts';
import { count, safeText } from '../core/text.ts';
import { oneLine } from './plain.ts';
import { gapSays, unwellSays } from './words.ts';

/** The finding that explains the rest; without a cause there is none. */
export function leadOf(d: Diagnosis): Finding | undefined {
  return d.findings.find((finding) => finding.role === 'cause');
}

export function othersOf(d: Diagnosis): readonly Finding[] {
  const lead = leadOf(d);
  return d.findings.filter((finding) => finding !== lead);
}

/** Every "do not" of a diagnosis, each once, without its own "do not". */
export function avoided(d: Diagnosis): string[] {
  const said = d.findings.flatMap(({ avoid }) => (avoid ? [oneLine(avoid)] : []));
  const bare = said.map((text) => text.replace(/^(do not|don't|never)\s+/i, ''));
  // "Restart the pod" reads on after "Do NOT"; "CRDs" keeps its capitals.
  return [...new Set(bare.map((text) => text.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase())))];
}

/** Fixes of some findings, the one that affects least first, the same command once. */
export function fixesOf(findings: readonly Finding[]): Fix[] {
  return once(findings.flatMap(({ fixes }) => fixes)).toSorted(byRisk);
}

/** Those of each finding after those of the one before it, of each the one that affects least first. */
function inTurn(findings: readonly Finding[]): Fix[] {
  return once(findings.flatMap(({ fixes }) => fixes.toSorted(byRisk)));
}

const byRisk = (a: Fix, b: Fix): number =>
  turnOf(a) - turnOf(b) || risks.indexOf(a.risk) - risks.indexOf(b.risk);

const turnOf = ({ turn }: Fix): number => (turn === 'then' ? 1 : 0);

function once(fixes: readonly Fix[]): Fix[] {
  const seen = new Set<string>();
  return fixes.filter(({ run }) => !seen.has(shell(run)) && seen.add(shell(run)));
}

export function isAmong(fixes: readonly Fix[], command: Command): boolean {
  return fixes.some(({ run }) => shell(run) === shell(command));
}

const isChange = ({ risk }: Fix): boolean => risk !== 'reads';

/** Fixes of what to act on that change something: those of the first cause first. */
export function urgentOf(d: Diagnosis): Fix[] {
  return inTurn(actionable(d)).filter(isChange);
}

/** All that change something, as `--fix` counts them: the urgent ones, then those of the other findings. */
export function changesOf(d: Diagnosis): Fix[] {
  return inTurn([...actionable(d), ...d.findings]).filter(isChange);
}

/** What to read before anything is changed. */
export function looksOf(d: Diagnosis): Fix[] {
  return inTurn(actionable(d)).filter((fix) => !isChange(fix));
}

/** Every reading command, whatever finding it belongs to. */
export function allLooksOf(d: Diagnosis): Fix[] {
  return fixesOf(d.findings).filter((fix) => !isChange(fix));
}

/** When every change is verified the same way, the command is printed once, after the last. */
export function sharedVerify(fixes: readonly Fix[]): Command | undefined {
  const changes = fixes.filter(isChange);
  const lines = new Set(changes.map((fix) => shell(fix.verify)));
  return changes.length > 1 && lines.size === 1 ? changes[0]?.verify : undefined;
}

/** What to act on: the causes when there are any, else whatever was found. */
export function actionable(d: Diagnosis): readonly Finding[] {
  const causes = d.findings.filter((finding) => finding.role === 'cause');
  return causes.length > 0 ? causes : d.findings;
}

/** What was answered where nothing is wrong: who lets a request through, say. */
export function answers(d: Diagnosis): string[] {
  return d.steps.flatMap(({ outcome }) =>
    outcome.is === 'clear' && outcome.says ? [oneLine(outcome.says)] : [],
  );
}

/** The noun phrases of the questions that came back clear. */
export function ruledOut(d: Diagnosis): string[] {
  const out = d.steps.flatMap((step) =>
    step.outcome.is === 'clear' && step.rulesOut ? [oneLine(step.rulesOut)] : [],
  );
  return [...new Set(out)];
}

/** `Does the log say why? (nothing left unexplained)`: a skip is always printed. */
export function skipped(d: Diagnosis): string[] {
  const groups = new Map<string, string[]>();
  for (const { asks, outcome } of d.steps) {
    if (outcome.is !== 'skipped') continue;
    const because = oneLine(outcome.because);
    groups.set(because, [...(groups.get(because) ?? []), oneLine(asks)]);
  }
  return [...groups].map(([because, asks]) =>
    asks.length === 1 ? `${asks[0]} (${because})` : `${count(asks.length, 'check')} (${because})`,
  );
}

export type Missing = { readonly says: readonly string[]; readonly remedy: Command | undefined };

/** Gaps, each once; those with the same remedy stand together, so that it is printed once. */
export function missing(gaps: readonly Gap[]): Missing[] {
  const groups = new Map<string, { says: Set<string>; remedy: Command | undefined }>();
  for (const gap of gaps) {
    const key = gap.remedy ? shell(gap.remedy) : '';
    const group = groups.get(key) ?? { says: new Set<string>(), remedy: gap.remedy };
    groups.set(key, group);
    group.says.add(gapSays(gap));
  }
  return [...groups.values()].map(({ says, remedy }) => ({ says: [...says], remedy }));
}

/** What could not be read. */
export function unreadIn(d: Diagnosis): readonly Gap[] {
  return d.gaps.filter(({ why }) => why !== 'unexplained');
}

/** What is visibly not well and was not explained. */
export function unwellIn(d: Diagnosis): string[] {
  return d.gaps.filter(({ why }) => why === 'unexplained').map(unwellSays);
}

/** Evidence the findings cite, and the rest, which stands behind what was ruled out. */
export function sorted(d: Diagnosis): { cited: Evidence[]; rest: Evidence[] } {
  const ids = new Set(d.findings.flatMap((finding) => finding.evidence));
  const cited = d.evidence.filter((evidence) => ids.has(evidence.id));
  return { cited, rest: d.evidence.filter((evidence) => !ids.has(evidence.id)) };
}

/** The one that a report shows in full. */
export function gravest(all: readonly Diagnosis[]): Diagnosis | undefined {
  return grouped(shown(all))[0]?.first;
}

/** A command as it is pasted. Multi-line words and here-documents keep their lines. */
export function line(command: Command, reach: Reach): string {
  return safeText(shell(command, reach));
}

/**
 * What is worth reading: a diagnosis that ended in another runbook's field, and was answered there, is told by
 * the one that answers it. JSON has them all.
 */
export function shown(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  const told = diagnoses.filter(({ verdict }) => verdict === 'cause-found');
  const answered = new Set(
    told.flatMap(({ from }) => (from ? [`${from.runbook} ${from.target} ${from.code}`] : [])),
  );
  const explained = new Set(told.map(({ runbook, target }) => `${runbook} ${target}`));
  const isExplained = ({ why, follow }: Gap): boolean =>
    why === 'unexplained' &&
    follow !== undefined &&
    explained.has(`${follow.runbook} ${follow.target}`);
  const isAnswered = (d: Diagnosis): boolean => {
    const open = d.findings.filter((finding) => finding.role !== 'contributor');
    const key = (finding: Finding) => `${d.runbook} ${d.target} ${finding.code}`;
    if (open.length + d.gaps.length === 0) return false;
    return open.every((f) => answered.has(key(f))) && d.gaps.every(isExplained);
  };
  return diagnoses.filter((d) => !isAnswered(d));
}

export type Group = { readonly first: Diagnosis; readonly all: readonly Diagnosis[] };
const gravity: Readonly<Record<Verdict, number>> = {
  'cause-found': 0,
  inconclusive: 2,
  warning: 2.25,
  'only-ignored': 2.5,
  healthy: 3,
};

/** Diagnoses with the same first finding, the gravest and largest group first. */
export function grouped(diagnoses: readonly Diagnosis[]): Group[] {
  const groups = new Map<string, Diagnosis[]>();
  for (const d of diagnoses) {
    const key = [d.runbook, d.verdict, d.findings[0]?.code, leadOf(d)?.sure].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), d]);
  }
  const rank = (d: Diagnosis) => gravity[d.verdict] + (leadOf(d)?.sure === false ? 1 : 0);
  return [...groups.values()]
    .flatMap((all) => (all[0] ? [{ first: all[0], all }] : []))
    .toSorted((a, b) => rank(a.first) - rank(b.first) || b.all.length - a.all.length);
}
