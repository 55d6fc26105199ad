// How `rbac` words the result of one request.
import { listed, type Found } from '../../../../src/authoring.ts';
import { culpritText, kindText } from '../../../../src/model/istio/authz/refs.ts';
import type { DeniedBy } from '../../../../src/model/istio/authz/types.ts';
import { askedOf, caseOf } from '../case.ts';
import { askStale, avoidEdit } from '../fixes.ts';
import { refusals } from '../refusals.ts';
import type { Given, Visit } from '../visits.ts';
import { tell } from '../says.ts';
import { verdicts, type Judged, type Verdict } from '../verdict.ts';
import { attributeText, optionsText } from '../words.ts';
import { restOf, type Known } from './known.ts';
import { reasonOf } from './reason.ts';

export function ofVisits(known: Known, visits: readonly Visit[], given: Given): Judged {
  const all = visits.flatMap((visit) => verdicts(known, visit, given));
  // What is still open is worth saying only where nothing else explains a refusal.
  const explained = all.some((v) => v.is.is !== 'allowed' && v.is.is !== 'unknown');
  const told = all.filter((v) => v.is.is !== 'unknown' || !explained);
  return { verdicts: all, found: told.flatMap((verdict) => ofVerdict(known, verdict)) };
}

export function ofVerdict(known: Known, verdict: Verdict): readonly Found[] {
  return [...dryRuns(known, verdict), ...refused(known, verdict), ...open(known, verdict)];
}

function refused(known: Known, verdict: Verdict): readonly Found[] {
  const asked = askedOf(known, verdict);
  const rest = restOf(known, verdict);
  const { is } = verdict;
  if (is.is === 'contradicted') {
    const line = is.line.by.is === 'rbac' ? is.line.by.details : is.line.by.is;
    const fixes = askStale('See whether the proxy is behind', asked.pod);
    return [tell('denies-otherwise', { ...asked, line }, { ...rest, fixes })];
  }
  const reason = reasonOf(known, verdict);
  if (!reason) return [];
  const c = caseOf(known, verdict);
  const avoid = avoidEdit(c, reason);
  return [refusals.tell({ ...asked, ...reason }, c, { ...rest, avoid })];
}

/** What the decision depends on, where nothing else shows it. */
function open(known: Known, verdict: Verdict): readonly Found[] {
  const { is } = verdict;
  if (is.is !== 'unknown' || reasonOf(known, verdict)) return [];
  // The caller's pod or the lists that could not be read are gaps already.
  const hangsOn = is.hangsOn.filter((a) => a.is !== 'policies' && a.is !== 'providers');
  if (hangsOn.length === 0) return [];
  const options = optionsText(hangsOn);
  const slots = {
    ...askedOf(known, verdict),
    what: listed(hangsOn.slice(0, 4).map(attributeText)),
    options: options === '' ? 'No option can supply it.' : `Run again with ${options}.`,
    worst: is.mayBe.some((by) => by.is === 'no-allow')
      ? ' If this does not match, no ALLOW rule matches and the request is denied.'
      : is.mayBe.length > 0
        ? ' If this matches, a rule denies the request.'
        : undefined,
  };
  return [tell('hangs-on', slots, { from: restOf(known, verdict).from })];
}

function dryRuns(known: Known, verdict: Verdict): readonly Found[] {
  const { from, about = {} } = restOf(known, verdict);
  return verdict.decision.dryRun.flatMap((dry) => {
    if (dry.would !== 'deny') return [];
    const slots = { ...askedOf(known, verdict), rule: blamedText(dry.by) };
    return [tell('dry-run-denies', slots, { from, about })];
  });
}

function blamedText(by: DeniedBy): string {
  if (by.is === 'deny-rule') return culpritText(by.matched.rule);
  const miss = by.is === 'no-allow' ? by.misses[0] : undefined;
  return miss ? kindText(miss.rule.policy) : 'A policy';
}
