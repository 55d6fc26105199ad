// What a run comes to. Pure data: reports render it, a saved case replays to it, tests compare it.
import type { Gap } from './answer.ts';
import type { Reach } from './command.ts';
import type { Evidence, EvidenceId } from './evidence.ts';
import type { Fix } from './fix.ts';
import type { Moment } from './moment.ts';
import type { Ignore } from './ignore.ts';
import type { Subject } from './subject.ts';
import type { SafeText } from './text.ts';

/** `stale/push-rejected`: runbook id, slash, finding id. Codes are never reused. */
export type FindingCode = `${string}/${string}`;
export type Role = 'cause' | 'contributor' | 'symptom';

export type Finding = {
  readonly code: FindingCode;
  /** A cause explains; a symptom still needs explaining; a contributor is advice that explains nothing by itself. */
  readonly role: Role;
  /** False prints as "likely": the evidence is circumstantial. */
  readonly sure: boolean;
  readonly says: SafeText;
  readonly means: SafeText;
  /** What it is about, by name: `{ pod: 'shop/web-x2x4q', kind: 'EnvoyFilter' }`. Compared, where `says` is read. */
  readonly subject?: Subject;
  /** Its impact: "9 of 212 proxies". */
  readonly reach?: SafeText;
  /** When it began, as text with its figures. */
  readonly since?: SafeText;
  /** What the reader must not do: the reflex that makes it worse. */
  readonly avoid?: SafeText;
  /** No finding without evidence. */
  readonly evidence: readonly [EvidenceId, ...EvidenceId[]];
  readonly fixes: readonly Fix[];
  /** Runbooks that continue from here. */
  readonly see: readonly string[];
  /** The runbook that explains this, and what to ask it about. */
  readonly follow?: { readonly runbook: string; readonly target: string };
};

/** A finding, and the decision to live with it. */
export type Ignored = { readonly finding: Finding; readonly by: Ignore };

export type StepRecord = {
  readonly id: string;
  readonly asks: string;
  /** What a clear answer rules out, as a noun phrase: "a rejected push". */
  readonly rulesOut?: string;
  /** Milliseconds. */
  readonly ms: number;
  readonly outcome: Outcome;
};
export type Outcome =
  /** `says`: what the answer is, where the question has more of an answer than "no fault". */
  | {
      readonly is: 'clear';
      readonly evidence: readonly EvidenceId[];
      readonly says?: SafeText;
    }
  | { readonly is: 'found'; readonly codes: readonly FindingCode[] }
  | { readonly is: 'could-not-check'; readonly gaps: readonly Gap[] }
  | { readonly is: 'skipped'; readonly because: string };

/**
 * `warning`: nothing is broken, and something was found that will or may break. `only-ignored`: nothing else was found;
 * what was found is in `ignored`.
 */
export type Verdict = 'cause-found' | 'warning' | 'healthy' | 'inconclusive' | 'only-ignored';

/** Nothing is broken and all was read. */
export function isSound(is: Verdict): boolean {
  return is === 'healthy' || is === 'warning' || is === 'only-ignored';
}

export type Diagnosis = {
  readonly schema: 1;
  readonly runbook: string;
  /** The runbook's title: "Proxy is STALE". */
  readonly title: string;
  /** The target as resolved: `shop/web-7d9f6c5b8-x2x4q`. */
  readonly target: SafeText;
  readonly input: Readonly<Record<string, string>>;
  readonly verdict: Verdict;
  /** Causes first, sure before likely; the first explains the rest. */
  readonly findings: readonly Finding[];
  /** Found, and ignored by a decision that expires. */
  readonly ignored?: readonly Ignored[];
  /** In the written order of the runbook. */
  readonly steps: readonly StepRecord[];
  /** Numbered in reading order: what the findings cite comes first. */
  readonly evidence: readonly Evidence[];
  readonly gaps: readonly Gap[];
  /** What happened when, as the evidence shows it; the oldest first. */
  readonly timeline: readonly Moment[];
  readonly about: RunInfo;
  /** The finding of another runbook that led here; without a code, what it saw unwell and could not explain. */
  readonly from?: {
    readonly runbook: string;
    readonly target: string;
    readonly code?: FindingCode;
    readonly says: SafeText;
  };
};

export type RunInfo = {
  readonly meshdoc: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly tookMs: number;
  /** How pasted commands reach the cluster that was asked. */
  readonly reach: Reach;
  /** `https://10.0.0.1:6443`, without credentials; absent in a replay. */
  readonly server?: SafeText;
  /** Versions by name, as they were answered: `istiod` -> `1.31.1`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Where the answers came from. */
  readonly source:
    | { readonly is: 'live' }
    | {
        readonly is: 'case';
        readonly recorded: string;
        readonly name: string;
        readonly demo: boolean;
      };
  /** The run was cut short by Ctrl-C or by its own time limit. */
  readonly cut?: 'interrupted' | 'timed-out';
};

/**
 * `healthy` is a claim: made only when something was asked, everything asked was answered and nothing was found. Where
 * every question was skipped, nobody looked.
 */
export function verdict(
  findings: readonly Finding[],
  gaps: readonly Gap[],
  outcomes: readonly Outcome[],
): Verdict {
  if (findings.some((finding) => finding.role === 'cause')) return 'cause-found';
  const unexplained = findings.some((finding) => finding.role === 'symptom');
  const open = gaps.length > 0 || outcomes.some(({ is }) => is === 'could-not-check');
  const looked = outcomes.some(({ is }) => is === 'clear' || is === 'found');
  if (open || unexplained || !looked) return 'inconclusive';
  return findings.length > 0 ? 'warning' : 'healthy';
}

/** Nothing is left to wait for: neither a warning nor what a team ignores counts. False for no diagnoses at all. */
export function isHealthy(all: readonly Diagnosis[]): boolean {
  return all.length > 0 && all.every(({ verdict: is }) => isSound(is));
}
