// Which boxes the picture of a diagnosis has: what was asked, what was followed, what was seen, what explains it.
import { isSound, type Diagnosis, type Finding } from '../core/diagnosis.ts';
import { chain, type Link } from './svg-chain.ts';
import { leadOf } from './view.ts';
import * as words from './words.ts';

/**
 * Twice: a wide one for a screen, a narrow one for a telephone and paper. The page shows one of them; none where it would
 * show nothing but the cause that stands above it.
 */
export function chainFigure(d: Diagnosis, id: string): string {
  const links = linksOf(d);
  if (links.length < 3) return '';
  const pictures = [
    `<div class="wide">${chain(links, 96, `${id}w`)}</div>`,
    `<div class="narrow">${chain(links, 44, `${id}n`)}</div>`,
  ];
  return `<figure>\n${pictures.join('\n')}\n</figure>`;
}

function linksOf(d: Diagnosis): readonly Link[] {
  const lead = leadOf(d);
  const symptoms = d.findings.filter(({ role }) => role === 'symptom');
  const advice = d.findings.filter(({ role }) => role === 'contributor');
  const causes = d.findings.filter(({ role }) => role === 'cause');
  return [
    asked(d),
    ...(d.from ? [followed(d.from, d.runbook)] : []),
    ...symptoms.map((f) => found(f, 'which showed', 'Seen', lead ? 'plain' : 'unknown')),
    ...causes.map((f, i) => found(f, causeBy(i, symptoms.length), causeRole(f), 'cause')),
    ...(lead ? [] : [open(d)]),
    ...advice.map((f) => found(f, lead ? 'made worse by' : 'beside it', 'Warning', 'advice')),
  ];
}

function asked({ title, target, from }: Diagnosis): Link {
  const says = from ? from.target : `${title}: ${target}`;
  return { by: '', role: 'Asked', says, evidence: [], look: 'plain' };
}

function followed(from: NonNullable<Diagnosis['from']>, to: string): Link {
  const role = `Found by ${from.runbook}, followed to ${to}`;
  return { by: 'which led to', role, says: from.says, evidence: [], look: 'plain' };
}

function found(finding: Finding, by: string, role: string, look: Link['look']): Link {
  return { by, role, says: finding.says, evidence: finding.evidence, look };
}

function causeBy(i: number, symptoms: number): string {
  if (i > 0) return 'and by';
  return symptoms > 0 ? 'explained by' : 'because';
}

function causeRole(finding: Finding): string {
  return `Cause, ${words.certainty(finding).toLowerCase()}`;
}

function open(d: Diagnosis): Link {
  const look = isSound(d.verdict) ? 'fine' : 'unknown';
  return { by: 'which came to', role: 'Verdict', says: words.verdictSays(d), evidence: [], look };
}
