// The document behind a comparison's JSON and YAML; a diagnosis in it is as in diagnosis.schema.json.
import type { Change, Comparison, Told } from '../core/comparison.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import { diagnosisDocument, findingDocument, gapDocument, type Plain } from './document.ts';

export function comparisonDocument(c: Comparison): Plain {
  const all = c.pairs.flatMap(({ before, after }) => [before, after]);
  const reach = c.pairs[0]?.after?.about.reach ?? {};
  return {
    schema: 'meshdoc/comparison/v1',
    meshdoc: all.find((d) => d !== undefined)?.about.meshdoc ?? '',
    before: c.before,
    after: c.after,
    targets: c.pairs.map(({ runbook, before, after }) => ({
      runbook,
      ...(before ? { before: sideOf(before) } : {}),
      ...(after ? { after: sideOf(after) } : {}),
    })),
    changes: c.changes.map(changeOf),
    gaps: {
      came: c.gaps.came.map((gap) => gapDocument(gap, reach)),
      went: c.gaps.went.map((gap) => gapDocument(gap, reach)),
    },
    diagnoses: c.pairs.flatMap(({ after }) => (after ? [diagnosisDocument(after)] : [])),
  };
}

function sideOf(d: Diagnosis): Plain {
  return {
    target: d.target,
    verdict: d.verdict,
    started: d.about.started,
    source: { ...d.about.source },
  };
}

function changeOf(change: Change): Plain {
  const told = 'now' in change ? change.now : change.was;
  return {
    is: change.is,
    runbook: told.in.runbook,
    target: told.in.target,
    ...('was' in change ? { was: findingOf(change.was) } : {}),
    ...('now' in change ? { now: findingOf(change.now) } : {}),
    ...(change.is === 'changed' ? { how: change.how } : {}),
    ...(change.is === 'not-known' ? { because: change.because } : {}),
  };
}

function findingOf({ finding, in: d }: Told): Plain {
  return findingDocument(finding, d.about.reach);
}
