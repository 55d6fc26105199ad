// How `rbac` reaches its conclusion from what it gathered: pure functions.
import { check, clear, skip, valueOf, type Clear, type Judgement } from '../../../src/authoring.ts';
import { gathered, type Gathered } from './gathered.ts';
import { readHeaders } from '../../../src/model/headers.ts';
import { ruleText } from '../../../src/model/istio/authz/refs.ts';
import type { Input } from '../../shared/request.ts';
import { inAmbient } from './judge/ambient.ts';
import { faultsFound } from './faults.ts';
import { bypassed, notDiscovered, unfetchedKeys } from './judge/before.ts';
import { counted, ignored, ofProxy } from './judge/proxy.ts';
import { ofVerdict, ofVisits } from './judge/request.ts';
import { knownOf, type Known } from './judge/known.ts';
import { namedIn, settledOf } from './judge/settled.ts';
import { verdicts, type Judged, type Verdict } from './verdict.ts';
import { anyone, refusedVisits, visitsOf, type Given } from './visits.ts';
import { requestText } from './words.ts';

export const decision = check<Input>()({
  id: 'decision',
  asks: 'Which rule decides this request?',
  why: 'Istio checks in this order: CUSTOM, token, AUDIT, DENY, ALLOW.',
  rulesOut: 'a denial by policy',
  uses: [],
  sees: gathered,
  judge: (_, seen, input) => conclude(seen, input),
});

function conclude(seen: Gathered, input: Input): Judgement {
  const known = knownOf(input, seen);
  if (!known) return skip('the destination or its policies could not be read');
  const undiscovered = notDiscovered(known);
  if (undiscovered.length > 0) return undiscovered;
  const requests = ofRequests(known, input);
  const faults = faultsFound(outboundOf(seen), input, known.picture.now);
  const before = [...bypassed(known), ...faults, ...unfetchedKeys(known)];
  const found = [...before, ...ofProxy(known), ...ignored(known), ...requests.found];
  if (found.length > 0) return found;
  if (input.src) return clearOf(requests.verdicts);
  return settledOf(known, givenBy(input));
}

function outboundOf({ beside }: Gathered) {
  return { log: beside?.log, rules: beside?.rules };
}

function givenBy({ path, method, header }: Input): Given {
  return { path, method, headers: readHeaders(header) };
}

function ofRequests(known: Known, input: Input): Judged {
  const { scene, seen } = known;
  const log = valueOf(seen.refusals?.log);
  const given = givenBy(input);
  const visits = input.src
    ? visitsOf(known, seen.caller, log)
    : refusedVisits(known, log, namedIn(known.seen));
  if (visits.length === 0) return ofAnyone(known, given);
  return scene.point.is === 'ztunnel'
    ? inAmbient(known, visits, given)
    : ofVisits(known, visits, given);
}

/** No caller is named and none was logged: what would happen to any caller. */
function ofAnyone(known: Known, given: Given): Judged {
  const all = anyone(known).flatMap((visit) => verdicts(known, visit, given));
  const denied = all.filter((v) => v.is.is === 'denied');
  const found = denied.flatMap((verdict) => ofVerdict(known, verdict));
  return { verdicts: all, found: denied.length > 0 ? found : counted(known) };
}

/** What allows the request of the caller that was named. */
function clearOf(all: readonly Verdict[]): Clear | undefined {
  const [first] = all;
  if (!first || !all.every((v) => v.is.is === 'allowed' && v.sure)) return undefined;
  const { outcome } = first.decision;
  if (outcome.is !== 'allowed') return undefined;
  const by =
    outcome.by === 'no-allow-policy'
      ? 'no ALLOW policy applies here, and no DENY rule matches'
      : `${ruleText(outcome.by.rule)} allows it`;
  return clear(`${requestText(first.request)}: ${by}.`);
}
