// Whether a line of the proxy's log still tells what becomes of a request.
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import { parseDetails } from '../../../src/model/istio/authz/details.ts';
import { isSame } from '../../../src/model/istio/authz/refs.ts';
import type {
  Attached,
  Decision,
  DeniedBy,
  PolicyRef,
  RuleRef,
} from '../../../src/model/istio/authz/types.ts';
import { lastPolicyChange, type Picture } from './picture.ts';
import type { Said, Visit } from './request.ts';

/** How old a refusal by others than RBAC may be: what refused may have been mended since, and nothing tells when. */
const elsewhereMs = 120_000;
/** A line contradicts the policies only while it can be of now. */
const contradictsMs = 30_000;
// Allowed for the time that a change takes to reach the proxy, and for clocks that differ.
const settleMs = 5000;

/** Older than the policies as they are now, a line proves nothing; one that contradicts them must be of now. */
export function proofOf(
  { now, policies }: Picture,
  visit: Visit,
  said: Said,
  { outcome, attached, asks }: Decision,
): Refused | undefined {
  const changed = lastPolicyChange(attached);
  const isAfter = ({ at }: Refused, then: number) => at === undefined || at > then;
  const isYoung = ({ at }: Refused, ms: number) => at === undefined || now - at < ms;
  const lines = linesOf(visit, said);
  const since = lines.filter((line) => isAfter(line, changed));
  if (outcome.is === 'denied') return since.find((line) => agrees(line, outcome.by));
  const mayBe = outcome.is === 'unknown' ? outcome.mayBe : [];
  const unseen = policies?.unseen.authorization;
  const contradicts = (line: Refused) =>
    line.by.is === 'rbac' &&
    isYoung(line, contradictsMs) &&
    isAfter(line, changed + settleMs) &&
    ((outcome.is === 'unknown' && isHidden(line, unseen)) || stands(line, attached));
  const elsewhere = (line: Refused) =>
    line.by.is !== 'rbac' &&
    isYoung(line, elsewhereMs) &&
    (line.by.is !== 'ext-authz' || asks.length > 0);
  return (
    since.find((line) => mayBe.some((by) => agrees(line, by))) ??
    lines.find(contradicts) ??
    lines.find(elsewhere)
  );
}

/** What was logged of this caller at this port, and fits what was said. */
function linesOf({ subject, arrival }: Visit, said: Said): readonly Refused[] {
  const fits = <T>(logged: T | undefined, wanted: T | undefined) =>
    logged === undefined || wanted === undefined || logged === wanted;
  return subject.seen.filter(
    ({ by, port, path, method }) =>
      by.is !== 'no-chain' &&
      fits(port, arrival.port) &&
      fits(bare(path), bare(said.path)) &&
      fits(method, said.method),
  );
}

function bare(path: string | undefined): string | undefined {
  return path?.replace(/[?#].*/s, '');
}

/** The rule that the line names is still in force; a policy that is gone refuses nothing any more. */
function stands(line: Refused, attached: readonly Attached[]): boolean {
  const inForce = attached.filter((a) => a.because.attaches && !a.dryRun);
  const named = policyOf(line);
  return inForce.some((a) => (named ? isSame(a.policy, named) : a.action === 'ALLOW'));
}

/** What refused may be among the policies that could not be read; one of a namespace that was read would be there. */
function isHidden(line: Refused, unseen: readonly string[] | undefined): boolean {
  if (unseen === undefined) return true;
  const policy = policyOf(line);
  return policy === undefined ? unseen.length > 0 : unseen.includes(policy.namespace);
}

/** The one that the line names, if it names one. */
function policyOf({ by }: Refused): PolicyRef | undefined {
  if (by.is !== 'rbac') return undefined;
  const details = parseDetails(by.details);
  return by.policy ?? (details?.is === 'rule' ? details.rule.policy : undefined);
}

/** The proxy names the same rule, or says as well that none allowed it. */
export function agrees({ by: refuser }: Refused, by: DeniedBy): boolean {
  if (refuser.is !== 'rbac') return refuser.is === 'jwt' && by.is === 'jwt';
  const rule = ruleOf(by);
  // A ztunnel names no rule.
  if (refuser.policy) return rule !== undefined && isSame(rule.policy, refuser.policy);
  const details = parseDetails(refuser.details);
  if (details?.is !== 'rule') return details?.is === 'none' && by.is === 'no-allow';
  const named = details.rule;
  return rule?.index === named.index && isSame(rule.policy, named.policy);
}

export function ruleOf(by: DeniedBy): RuleRef | undefined {
  return by.is === 'deny-rule' || by.is === 'custom-broken' ? by.matched.rule : undefined;
}
