// The words of a comparison, the same in every format.
import type { Change, Comparison, Told } from '../core/comparison.ts';
import { listed } from '../core/text.ts';
import { oneLine } from './plain.ts';
import { certainty, tally, utc } from './words.ts';
import { shown } from './view.ts';

/** The outcome in a few words. */
export function outcomeSays(c: Comparison): string {
  const has = (is: Change['is']) => c.changes.some((change) => change.is === is);
  if (c.after === 'cause-found') {
    if (c.before !== 'cause-found') return 'a new problem';
    const stays = has('unchanged') || has('changed');
    return has('new') && !stays ? 'a different problem now' : 'not resolved';
  }
  if (c.after === 'inconclusive' || has('not-known')) return 'unknown';
  if (c.after === 'only-ignored') return 'nothing else found';
  if (c.after === 'warning')
    return c.before === 'warning' ? 'warnings, as before' : 'only warnings now';
  return c.before === 'healthy' ? 'healthy, as before' : 'resolved';
}

/** `SCALED TO ZERO at 2026-11-21T09:02:17Z, case before-fix` */
export function sideSays(c: Comparison, side: 'before' | 'after'): string {
  const all = c.pairs.flatMap((pair) => pair[side] ?? []);
  const [first] = all;
  if (!first) return 'nothing was diagnosed';
  const { source, started } = first.about;
  const from = source.is === 'case' ? `, case ${oneLine(source.name)}` : '';
  return `${tally(shown(all)).replace(/^1 (?=\D+$)/, '')} at ${utc(started)}${from}`;
}

const words: readonly (readonly [Change['is'], string])[] = [
  ['resolved', 'resolved'],
  ['new', 'new'],
  ['changed', 'changed'],
  ['unchanged', 'unchanged'],
  ['not-known', 'no longer known'],
];

/** `1 resolved, 1 new and 2 unchanged.` */
export function tallySays({ changes }: Comparison): string {
  const counts = words.flatMap(([is, says]) => {
    const n = changes.filter((change) => change.is === is).length;
    return n > 0 ? [`${n} ${says}`] : [];
  });
  return counts.length > 0 ? `${listed(counts)}.` : 'Nothing was found, before or after.';
}

/** One finding as a line: what it says now, or said; its code; and why it stands where it stands. */
export function changeSays(change: Change, many: boolean): string {
  const told = 'now' in change ? change.now : change.was;
  const more = {
    changed: () => (change.is === 'changed' ? ` (${oneLine(change.how)})` : ''),
    'not-known': () =>
      change.is === 'not-known'
        ? ` Unknown whether this is still the case: ${sentence(change.because)}`
        : '',
    new: () => '',
    unchanged: () => '',
    resolved: () => '',
  }[change.is]();
  return `${many ? `${oneLine(told.in.target)}: ` : ''}${said(told)}${more}`;
}

function said({ finding }: Told): string {
  const likely = finding.sure ? '' : `${certainty(finding).toLowerCase()}, `;
  const advice = finding.role === 'contributor' ? 'advice, ' : '';
  return `${oneLine(finding.says)} (${advice}${likely}${finding.code})`;
}

function sentence(text: string): string {
  const line = oneLine(text);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
