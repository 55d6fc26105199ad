// A piece of evidence in full: what was asked, when and how, every line, and the command that shows it again.
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Evidence } from '../core/evidence.ts';
import { linesOf, oneLine } from '../report/plain.ts';
import { line, shown } from '../report/view.ts';
import { utc } from '../report/words.ts';

export type Piece = { readonly key: string; readonly label: string; readonly text: string };

/** In the order of each diagnosis, which puts what the findings cite first. */
export function pieces(all: readonly Diagnosis[]): readonly Piece[] {
  const diagnoses = shown(all);
  return diagnoses.flatMap((d, i) =>
    d.evidence.map((e) => ({
      key: `${i} ${e.id}`,
      label: oneLine(`${diagnoses.length > 1 ? `${d.runbook} ` : ''}${e.id}  ${e.asked}`),
      text: inFull(e, d),
    })),
  );
}

function inFull(e: Evidence, d: Diagnosis): string {
  const road = e.road ? `, via ${oneLine(e.road)}` : '';
  const excerpt = linesOf(e.excerpt).map((text) => `  ${text}`);
  return [
    `${e.id}  ${oneLine(e.asked)}  ${utc(e.at)}${road}`,
    ...(excerpt.length > 0 ? excerpt : ['  (nothing)']),
    'To see it again:',
    line(e.byHand, d.about.reach),
    '',
  ].join('\n');
}
