// The words every report shares: one wording for a risk, a gap, a verdict, wherever it is read.
import type { Gap, Why } from '../core/answer.ts';
import type { Diagnosis, Finding, StepRecord } from '../core/diagnosis.ts';
import type { Risk } from '../core/fix.ts';
import { count, listed } from '../core/text.ts';
import { triageId } from '../core/triage.ts';
import { oneLine } from './plain.ts';

/** What a fix does to the world. */
export const risk: Readonly<Record<Risk, string>> = {
  reads: 'reads only',
  'changes-config': 'changes config',
  'restarts-pods': 'restarts pods',
  'changes-traffic': 'changes traffic',
  'changes-security': 'changes security',
  'restarts-control-plane': 'restarts the control plane',
};

const why: Readonly<Record<Why, string>> = {
  forbidden: 'not allowed',
  unauthenticated: 'credentials not accepted',
  unreachable: 'no connection',
  'timed-out': 'no answer in time',
  interrupted: 'the run was stopped first',
  'server-error': 'the server failed to answer',
  'tool-missing': 'the tool is not installed',
  'tool-too-old': 'the tool is too old',
  'tool-failed': 'the tool failed',
  unreadable: 'the answer could not be read',
  unexplained: 'nothing that was asked explains it',
  'not-in-snapshot': 'not in the recording',
  refused: 'meshdoc does not ask this, it could do harm',
  bug: 'meshdoc failed here, this is a bug in meshdoc',
};

/** `pods in shop: not allowed (list pods is forbidden)` */
export function gapSays(gap: Gap): string {
  if (gap.why === 'unexplained') return `${unwellSays(gap)}; no check explains it`;
  const detail = oneLine(gap.detail).replace(/\.$/, '');
  return `${oneLine(gap.asked)}: ${why[gap.why]}${detail ? ` (${detail})` : ''}`;
}

/** `the pod shop/web is not well: app: CrashLoopBackOff`, of what was seen and not explained. */
export function unwellSays({ asked, detail }: Gap): string {
  return `${oneLine(asked).replace(/^why /, '')}: ${oneLine(detail).replace(/\.$/, '')}`;
}

export function certainty(finding: Finding): 'CONFIRMED' | 'LIKELY' {
  return finding.sure ? 'CONFIRMED' : 'LIKELY';
}

/** What a further finding is, said before it: another cause, what made it worse, or what was seen beside it. */
export function roleSays(finding: Finding, hasLead: boolean): string {
  if (finding.role === 'cause') return `another cause, ${certainty(finding).toLowerCase()}: `;
  if (!hasLead) return '';
  return finding.role === 'contributor' ? 'made worse by: ' : 'seen: ';
}

/** What stands before a finding that explains nothing else. */
export function labelOf({ role }: Finding, hasLead: boolean): 'Also' | 'Warning' | 'Seen' {
  if (hasLead || role === 'cause') return 'Also';
  return role === 'contributor' ? 'Warning' : 'Seen';
}

/** The state of a target in a word or two: the first cause's own name. */
export function state(d: Diagnosis): string {
  if (d.verdict === 'healthy') return 'OK';
  if (d.verdict === 'warning') return 'WARNING';
  if (d.verdict === 'only-ignored') return 'NOTHING ELSE FOUND';
  return d.verdict === 'inconclusive' ? 'UNKNOWN' : nameOf(d).toUpperCase();
}

/** The verdict as a sentence, for when no cause can be named. */
export function verdictSays(d: Diagnosis): string {
  const asked = d.steps.filter((step) => step.outcome.is !== 'skipped').length;
  if (d.verdict === 'healthy') {
    return `No fault found: ${count(asked, 'check')} ran and found nothing.`;
  }
  if (d.verdict === 'warning') {
    return `Nothing is broken: ${count(asked, 'check')} ran and found ${count(d.findings.length, 'warning')}.`;
  }
  if (d.verdict === 'only-ignored') {
    return `Nothing else found: ${count(asked, 'check')} ran. ${count(d.ignored?.length ?? 0, 'finding')} ignored.`;
  }
  const open = openQuestions(d).length;
  const unexplained = d.gaps.filter((gap) => gap.why === 'unexplained').length;
  const unread = d.gaps.length - unexplained;
  const symptoms = d.findings.filter((finding) => finding.role === 'symptom').length;
  const reasons = [
    ...(open ? [`${open} of ${count(asked, 'check')} could not run`] : []),
    ...(!open && unread ? [`${count(unread, 'thing')} could not be read`] : []),
    ...(symptoms ? ['what was seen is not explained'] : []),
    ...(unexplained ? ['what is not well is not explained'] : []),
  ];
  return `Inconclusive: ${listed(reasons) || 'no check could run'}. This does not mean that all is well.`;
}

/** The first finding, for a row that begins with the target's name anyway. */
export function brief(d: Diagnosis): string {
  const says = oneLine(d.findings[0]?.says ?? verdictSays(d));
  const target = oneLine(d.target);
  return says.startsWith(`${target} `) ? says.slice(target.length + 1) : says;
}

/** What was found and is ignored: a line for each, with who decided that and for how long. */
export function ignoredSays({ ignored = [] }: Diagnosis): string[] {
  return ignored.map(
    ({ finding, by }) =>
      `${oneLine(finding.says)} (${finding.code}; ignored until ${by.until} by ${oneLine(by.by)}: ${oneLine(by.reason)})`,
  );
}

/** The questions of the steps that could not be answered. */
export function openQuestions(d: Diagnosis): string[] {
  return d.steps
    .filter((step) => step.outcome.is === 'could-not-check')
    .map((step) => oneLine(step.asks));
}

/** What became of a question. */
export function became({ outcome }: StepRecord): string {
  switch (outcome.is) {
    case 'clear':
      return 'clear';
    case 'found':
      return outcome.codes.join(', ');
    case 'skipped':
      return `skipped: ${oneLine(outcome.because)}`;
    case 'could-not-check':
      return `could not check: ${outcome.gaps.map(gapSays).join('; ')}`;
  }
}

/** `3 STALE, 1 UNKNOWN and 1 OK` */
export function tally(diagnoses: readonly Diagnosis[]): string {
  const states = new Map<string, number>();
  for (const d of diagnoses) states.set(state(d), (states.get(state(d)) ?? 0) + 1);
  return listed([...states].map(([name, n]) => `${n} ${name}`));
}

/** Where the answers came from, when no cluster was asked. */
export function replaySays({ about: { source } }: Diagnosis): string | undefined {
  if (source.is === 'live') return undefined;
  const incident = `"${oneLine(source.name)}" of ${utc(source.recorded)}`;
  return `${source.demo ? 'Demo' : 'Replay'} of ${incident}; no cluster was asked.`;
}

/** Which question led to this one, and what it found. */
export function fromSays({ from, runbook }: Diagnosis): string | undefined {
  if (!from) return undefined;
  return from.runbook === triageId
    ? `No runbook named; chose ${runbook} because: ${oneLine(from.says)}`
    : `You asked about ${from.runbook}; the trail leads here: ${oneLine(from.says)}`;
}

/** `3 targets`; several diagnoses of one target are not several targets. */
export function howMany(diagnoses: readonly Diagnosis[]): string {
  const targets = new Set(diagnoses.map((d) => d.target)).size;
  return targets === diagnoses.length
    ? count(targets, 'target')
    : count(diagnoses.length, 'diagnosis', 'diagnoses');
}

/** Why this run is not whole. */
export function cutSays({ about, steps }: Diagnosis): string | undefined {
  if (!about.cut) return undefined;
  const answered = steps.filter(({ outcome: { is } }) => is === 'clear' || is === 'found').length;
  const by = about.cut === 'interrupted' ? 'stopped by Ctrl-C' : 'ended by its time limit';
  const so = `${answered} of ${count(steps.length, 'check')} ran`;
  return `Partial result: ${by} after ${took(about.tookMs)}, ${so}.`;
}

/** `2026-03-04T09:15:02Z`: seconds are enough, and always UTC. */
export function utc(iso: string): string {
  return oneLine(iso).replace(/\.\d+Z$/, 'Z');
}

export function took(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `name 1.31.1`, one for each version that was answered. */
export function versions(d: Diagnosis): string[] {
  return Object.entries(d.about.versions).map(([name, version]) => oneLine(`${name} ${version}`));
}

/** `stale/push-rejected` -> "push rejected" */
export function nameOf(d: Diagnosis): string {
  const [, slug = d.runbook] = d.findings[0]?.code.split('/') ?? [];
  return oneLine(slug.replaceAll('-', ' '));
}
