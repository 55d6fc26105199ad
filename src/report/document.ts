// The one document behind JSON and YAML. Its shape is promised in diagnosis.schema.json.
import type { Gap } from '../core/answer.ts';
import { shell, type Command, type Reach } from '../core/command.ts';
import type { Diagnosis, Finding, StepRecord } from '../core/diagnosis.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Fix } from '../core/fix.ts';
import type { Moment } from '../core/moment.ts';
import type { Noted } from './style.ts';

export type Plain = { readonly [key: string]: unknown };

/** Every call gives fresh objects in the same order: no aliases in YAML, no noise in a diff. */
export function document(diagnoses: readonly Diagnosis[], notes: readonly Noted[] = []): Plain {
  return {
    schema: 'meshdoc/diagnosis/v1',
    meshdoc: diagnoses[0]?.about.meshdoc ?? '',
    diagnoses: diagnoses.map(diagnosisDocument),
    ...given('notes', notes.length > 0 ? notes.map(({ at, says }) => ({ at, says })) : undefined),
  };
}

export function diagnosisDocument(d: Diagnosis): Plain {
  const { reach } = d.about;
  return {
    runbook: d.runbook,
    title: d.title,
    target: d.target,
    input: { ...d.input },
    verdict: d.verdict,
    findings: d.findings.map((item) => findingDocument(item, reach)),
    ...given(
      'ignored',
      d.ignored?.map(({ finding, by }) => ({
        finding: findingDocument(finding, reach),
        by: { ...by },
      })),
    ),
    steps: d.steps.map((item) => step(item, reach)),
    evidence: d.evidence.map((item) => evidence(item, reach)),
    gaps: d.gaps.map((item) => gapDocument(item, reach)),
    timeline: d.timeline.map(moment),
    about: about(d),
    ...given('from', d.from && { ...d.from }),
  };
}

export function findingDocument(f: Finding, reach: Reach): Plain {
  return {
    code: f.code,
    role: f.role,
    sure: f.sure,
    says: f.says,
    means: f.means,
    ...given('subject', f.subject && { ...f.subject }),
    ...given('reach', f.reach),
    ...given('since', f.since),
    ...given('avoid', f.avoid),
    evidence: [...f.evidence],
    fixes: f.fixes.map((item) => fix(item, reach)),
    see: [...f.see],
    ...given('follow', f.follow && { ...f.follow }),
  };
}

function fix(f: Fix, reach: Reach): Plain {
  return {
    does: f.does,
    risk: f.risk,
    touches: f.touches,
    run: command(f.run, reach),
    undo: 'run' in f.undo ? { run: command(f.undo.run, reach) } : { because: f.undo.because },
    verify: command(f.verify, reach),
    ...given('turn', f.turn),
    ...given('note', f.note),
  };
}

function step(s: StepRecord, reach: Reach): Plain {
  const { outcome } = s;
  const detail = {
    clear: () =>
      outcome.is === 'clear'
        ? { evidence: [...outcome.evidence], ...given('says', outcome.says) }
        : {},
    found: () => (outcome.is === 'found' ? { codes: [...outcome.codes] } : {}),
    skipped: () => (outcome.is === 'skipped' ? { because: outcome.because } : {}),
    'could-not-check': () =>
      outcome.is === 'could-not-check'
        ? { gaps: outcome.gaps.map((g) => gapDocument(g, reach)) }
        : {},
  }[outcome.is]();
  const told = { is: outcome.is, ...detail };
  return { id: s.id, asks: s.asks, ...given('rulesOut', s.rulesOut), ms: s.ms, outcome: told };
}

function evidence(e: Evidence, reach: Reach): Plain {
  return {
    id: e.id,
    asked: e.asked,
    at: e.at,
    ...given('road', e.road),
    byHand: command(e.byHand, reach),
    excerpt: [...e.excerpt],
  };
}

export function gapDocument(g: Gap, reach: Reach): Plain {
  const remedy = g.remedy && command(g.remedy, reach);
  const { asked, why, detail, follow } = g;
  return { asked, why, detail, ...given('remedy', remedy), ...given('follow', follow) };
}

function moment({ at, kind, what, evidence: ids }: Moment): Plain {
  return { at, kind, what, evidence: [...ids] };
}

/** As words for a program, and as the line a person pastes. */
function command(c: Command, reach: Reach): Plain {
  return {
    argv: [...c.argv],
    ...given('stdin', c.stdin),
    ...given('pipe', c.pipe && [...c.pipe]),
    ...given('meanwhile', c.meanwhile && [...c.meanwhile]),
    ...given(
      'also',
      c.also?.map((words) => [...words]),
    ),
    shell: shell(c, reach),
  };
}

function about({ about: a }: Diagnosis): Plain {
  const { context, kubeconfig, as, asGroups } = a.reach;
  return {
    meshdoc: a.meshdoc,
    started: a.started,
    tookMs: a.tookMs,
    reach: {
      ...given('context', context),
      ...given('kubeconfig', kubeconfig),
      ...given('as', as),
      ...given('asGroups', asGroups && [...asGroups]),
    },
    ...given('server', a.server),
    versions: { ...a.versions },
    source: { ...a.source },
    ...given('cut', a.cut),
  };
}

/** A key only when it has a value: absent and null must not mean the same thing twice. */
function given(key: string, value: unknown): Plain {
  return value === undefined ? {} : { [key]: value };
}
