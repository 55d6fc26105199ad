// What happens to one request, judged from the policies, the rules in the proxy, and its log. A verdict is sure only if
// everything was read, or if the proxy itself logged it.
import type { Found } from '../../../src/authoring.ts';
import type { TlsRule } from '../../../src/facts/istio/client-rules.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import { decide } from '../../../src/model/istio/authz/decide.ts';
import { parseDetails } from '../../../src/model/istio/authz/details.ts';
import { peerMode } from '../../../src/model/istio/authz/peer-mode.ts';
import { isSame } from '../../../src/model/istio/authz/refs.ts';
import type {
  Attached,
  Attribute,
  Decision,
  DeniedBy,
  PeerMode,
  PolicyRef,
  Request,
  RuleRef,
} from '../../../src/model/istio/authz/types.ts';
import { chainsFor, lastPolicyChange, type At, type Picture } from './picture.ts';
import { bare, identityFor, linesOf, requestOf, requestsOf, type Said } from './requests.ts';
import type { Given, Visit } from './visits.ts';

export type Verdict = Visit & {
  readonly request: Request;
  readonly decision: Decision;
  /** The log line about such a request, if one still counts. */
  readonly proof: Refused | undefined;
  /** Such a request was refused, lately or before the policies changed. */
  readonly logged: boolean;
  readonly sure: boolean;
  readonly is: Outcome;
};

export type Outcome =
  | { readonly is: 'allowed' }
  | { readonly is: 'denied'; readonly by: DeniedBy }
  /** Refused before any policy is checked: plaintext to a port that accepts only mutual TLS. */
  | { readonly is: 'strict'; readonly mode: PeerMode }
  /** Refused before any policy is checked: mutual TLS to a port that takes none. */
  | { readonly is: 'handshake'; readonly tls: TlsRule; readonly mode: PeerMode }
  /** The policies in Kubernetes allow it, and the proxy has denied it since they last changed. */
  | { readonly is: 'contradicted'; readonly line: Refused }
  /** Not an RBAC policy: an external authorizer, a token, the application. */
  | { readonly is: 'elsewhere'; readonly line: Refused }
  | {
      readonly is: 'unknown';
      readonly hangsOn: readonly Attribute[];
      readonly mayBe: readonly DeniedBy[];
    };

/** The verdicts on requests, and the findings about them. */
export type Judged = { readonly verdicts: readonly Verdict[]; readonly found: readonly Found[] };

export function verdicts(at: At, visit: Visit, given: Given): readonly Verdict[] {
  const logged = requestsOf(given, visit).flatMap((said) => verdictsOf(at, visit, said));
  // Refusals that would not happen again say nothing about other requests.
  const settled = logged.every((v) => v.is.is === 'allowed') && logged.some((v) => v.logged);
  const all = settled ? [...logged, ...verdictsOf(at, visit, bare(given))] : logged;
  return all.filter((one, i) => all.findIndex((other) => keyOf(other) === keyOf(one)) === i);
}

/** Requests of one caller that the same rule refuses at one port make one finding. */
function keyOf({ arrival, is }: Verdict): string {
  const rule = is.is === 'denied' ? (ruleOf(is.by) ?? is.by.is) : '';
  const by = is.is === 'elsewhere' ? is.line.by : '';
  return JSON.stringify([arrival.port, is.is, rule, by]);
}

/** What happens to it, and what else has just refused the same request: the latest first. */
function verdictsOf(at: At, visit: Visit, said: Said): readonly Verdict[] {
  const identity = identityFor(at, visit, said);
  const seen = { ...visit, subject: { ...visit.subject, identity } };
  const first = verdictOf(at, seen, said);
  const other = first.is.is === 'denied' ? elsewhereOf(at.picture, seen, said, first) : undefined;
  if (!other) return [first];
  const second: Verdict = { ...first, proof: other, is: { is: 'elsewhere', line: other } };
  return (other.at ?? 0) > (first.proof?.at ?? 0) ? [second, first] : [first, second];
}

function elsewhereOf(
  { now }: Picture,
  visit: Visit,
  said: Said,
  { decision: { asks } }: Verdict,
): Refused | undefined {
  return linesOf(visit, said).find((line) => isElsewhere(line, now, asks.length > 0));
}

function verdictOf(at: At, visit: Visit, said: Said): Verdict {
  const { picture, scene, proxy } = at;
  const { subject } = visit;
  const request = requestOf(at, visit, said);
  const decision = decide(scene, request);
  const proof = proofOf(at, visit, said, decision);
  const logged = linesOf(visit, said).length > 0;
  const base = { ...visit, request, decision, proof, logged };
  const closed = strictness(at, visit) ?? handshake(at, visit);
  if (closed) return { ...base, ...closed };
  const is = outcomeOf(decision, proof);
  const known = subject.anyone || isKnown(picture, subject.identity);
  const whole = known && isWhole(picture) && proxy.is === 'same';
  const agreed = is.is === 'denied' && proof !== undefined && agrees(proof, is.by);
  // A line that names the rule proves it without an identity; "none" does not show why no rule allowed it.
  const named = agreed && is.by.is !== 'no-allow';
  return { ...base, is, sure: whole || named || (known && agreed) };
}

/** Whether plaintext is taken at all is in lists that may not have been read. */
function isKnown({ policies }: Picture, { is }: Visit['subject']['identity']): boolean {
  if (is === 'plaintext') return policies?.unseen.peerAuthentication.length === 0;
  return is !== 'unknown';
}

/** Every list and the mesh configuration were read. */
function isWhole({ policies, mesh }: Picture): boolean {
  return policies?.unseen.authorization.length === 0 && mesh !== undefined;
}

function outcomeOf({ outcome }: Decision, proof: Refused | undefined): Outcome {
  if (outcome.is === 'denied' || !proof) return outcome;
  if (proof.by.is !== 'rbac') return { is: 'elsewhere', line: proof };
  if (outcome.is === 'allowed') return { is: 'contradicted', line: proof };
  const named = outcome.mayBe.find((by) => agrees(proof, by));
  return named ? { is: 'denied', by: named } : outcome;
}

/** How old a refusal by something other than RBAC may be: it may have been fixed since, and nothing shows when. */
const elsewhereMs = 120_000;
/** How recent a line must be to contradict the policies. */
const contradictsMs = 30_000;
// Time for a change to reach the proxy, and for clocks that differ.
const settleMs = 5000;

/** A line older than the current policies proves nothing; one that contradicts them must also be recent. */
function proofOf(
  { picture: { now, policies }, scene }: At,
  visit: Visit,
  said: Said,
  { outcome, attached, asks }: Decision,
): Refused | undefined {
  const changed = lastPolicyChange(scene);
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
  return (
    since.find((line) => mayBe.some((by) => agrees(line, by))) ??
    lines.find(contradicts) ??
    lines.find((line) => isElsewhere(line, now, asks.length > 0))
  );
}

/** Refused by something other than RBAC, and so recently that it still counts. */
function isElsewhere({ at, by }: Refused, now: number, asked: boolean): boolean {
  if (by.is === 'rbac' || by.is === 'no-chain') return false;
  return (at === undefined || now - at < elsewhereMs) && (by.is !== 'ext-authz' || asked);
}

/** The rule that the line names is still in force; a deleted policy refuses nothing. */
function stands(line: Refused, attached: readonly Attached[]): boolean {
  const inForce = attached.filter((a) => a.because.attaches && !a.dryRun);
  const named = policyOf(line);
  return inForce.some((a) => (named ? isSame(a.policy, named) : a.action === 'ALLOW'));
}

/** The policy that refused may be in a namespace that could not be read; in one that was read it would be known. */
function isHidden(line: Refused, unseen: readonly string[] | undefined): boolean {
  if (unseen === undefined) return true;
  const policy = policyOf(line);
  return policy === undefined ? unseen.length > 0 : unseen.includes(policy.namespace);
}

/** The policy that the line names, if any. */
function policyOf({ by }: Refused): PolicyRef | undefined {
  if (by.is !== 'rbac') return undefined;
  const details = parseDetails(by.details);
  return by.policy ?? (details?.is === 'rule' ? details.rule.policy : undefined);
}

/** The proxy names the same rule, or also says that no rule allowed it. */
function agrees({ by: refuser }: Refused, by: DeniedBy): boolean {
  if (refuser.is !== 'rbac') return refuser.is === 'jwt' && by.is === 'jwt';
  const rule = ruleOf(by);
  // A ztunnel names no rule.
  if (refuser.policy) return rule !== undefined && isSame(rule.policy, refuser.policy);
  const details = parseDetails(refuser.details);
  if (details?.is !== 'rule') return details?.is === 'none' && by.is === 'no-allow';
  const named = details.rule;
  return rule?.index === named.index && isSame(rule.policy, named.policy);
}

function ruleOf(by: DeniedBy): RuleRef | undefined {
  return by.is === 'deny-rule' || by.is === 'custom-broken' ? by.matched.rule : undefined;
}

// pilot/pkg/networking/core/listener_inbound.go: a STRICT port has no chain that accepts plaintext.
function strictness(
  { picture, scene }: At,
  { subject, arrival }: Visit,
): Pick<Verdict, 'is' | 'sure'> | undefined {
  const takesIt = scene.point.is === 'sidecar' || scene.point.is === 'ztunnel';
  if (subject.identity.is !== 'plaintext' || !takesIt) return undefined;
  const mode = peerMode(scene, arrival.port);
  if (mode.mode !== 'STRICT') return undefined;
  const chains = chainsFor(picture.proxy, arrival.port);
  const refuses = chains.every(({ takes }) => takes !== 'plaintext' && takes !== 'any');
  const isHeard = chains.length > 0 || picture.proxy === undefined;
  const complete = picture.policies?.unseen.peerAuthentication.length === 0;
  return { is: { is: 'strict', mode }, sure: complete && isHeard && refuses };
}

/** A DestinationRule makes the caller begin with TLS, and no chain of the port takes it. */
function handshake(
  { picture, scene }: At,
  { subject: { identity }, arrival }: Visit,
): Pick<Verdict, 'is' | 'sure'> | undefined {
  if (identity.is !== 'refused') return undefined;
  const chains = chainsFor(picture.proxy, arrival.port);
  const refuses = chains.length > 0 && chains.every(({ takes }) => takes !== 'mtls');
  const complete = picture.policies?.unseen.peerAuthentication.length === 0;
  const mode = peerMode(scene, arrival.port);
  return { is: { is: 'handshake', tls: identity.tls, mode }, sure: complete && refuses };
}
