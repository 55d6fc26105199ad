// The one thing to do now: every report ends with it, because that is where the eye is.
import { own, words, type Words } from '../core/argv.ts';
import { meshdoc, type Command } from '../core/command.ts';
import type { Diagnosis } from '../core/diagnosis.ts';
import { triageId } from '../core/triage.ts';
import { flagOf } from '../meshes/choices.ts';
import { oneLine } from './plain.ts';
import { actionable, fixesOf } from './view.ts';
import { risk } from './words.ts';

export type Next = { readonly says: string; readonly run?: Command };

export function nextOf(d: Diagnosis): Next {
  if (d.verdict === 'cause-found') return fromFixes(d) ?? elsewhere(d) ?? nothingKnown;
  if (d.about.cut) return { says: 'Run it again, to the end', run: again(d) };
  if (d.verdict === 'inconclusive') {
    return fromGaps(d) ?? fromFixes(d) ?? elsewhere(d) ?? { says: 'Run it again', run: again(d) };
  }
  if (d.verdict === 'only-ignored')
    return { says: 'Nothing to fix here until the ignored findings are due.' };
  return fromFixes(d) ?? { says: `${nothing}${d.runbook === triageId ? '.' : others}` };
}

const nothing = 'Nothing to fix here. If the problem persists, its cause is outside these checks';
const others = '; try meshdoc triage.';

const nothingKnown: Next = {
  says: 'No command fixes this. Take this report to whoever owns what it names.',
};

function fromFixes(d: Diagnosis): Next | undefined {
  const fix = fixesOf(actionable(d))[0];
  return (
    fix && {
      says: `${oneLine(fix.does).replace(/\.$/, '')} (${risk[fix.risk]})`,
      run: fix.run,
    }
  );
}

/** A right that was refused is not asked about again: whoever may give it is handed what gives it. */
function fromGaps({ gaps, runbook, about }: Diagnosis): Next | undefined {
  if (!gaps.some(({ why }) => why === 'forbidden')) return undefined;
  const { as } = about.reach;
  return {
    says: 'Ask an administrator to apply the roles that this prints, then run meshdoc again',
    run: meshdoc`access ${runbook} ${as === undefined ? [] : words`--user ${as}`}`,
  };
}

function elsewhere(d: Diagnosis): Next | undefined {
  const see = d.findings.flatMap((finding) => finding.see)[0];
  return see === undefined
    ? undefined
    : {
        says: `Continue with the runbook ${see}`,
        run: meshdoc`diagnose ${see} ${d.input['target'] === '' ? [] : [d.target]}`,
      };
}

/** The command that gives this diagnosis again, with what was asked beside the target. */
export function again(d: Diagnosis): Command {
  const { target = d.target, ...flags } = d.input;
  // The mesh comes last, as a person would type it.
  const given = Object.entries(flags).sort(([a], [b]) => Number(a in flagOf) - Number(b in flagOf));
  const typed = given.flatMap(([name, value]) =>
    value.split('\n').map((one) => flagWords(flagOf[name] ?? `--${name}`, one)),
  );
  return meshdoc`diagnose ${d.runbook} ${target.split(' ').filter(Boolean)} ${typed}`;
}

/** A value that begins with a dash is one only behind `=`. */
function flagWords(flag: string, value: string): Words {
  const given = own([flag]);
  return value.startsWith('-') && flag.startsWith('--')
    ? own([`${flag}=${value}`])
    : words`${given} ${value}`;
}
