// What becomes of one request: what the policies say, what the proxy has, and what its log says, put together. Sure is
// only what the whole picture says, or what the proxy itself has written.
import type { Found } from '../../../src/authoring.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import { decide } from '../../../src/model/istio/authz/decide.ts';
import { peerMode } from '../../../src/model/istio/authz/peer-mode.ts';
import type {
  Attribute,
  Decision,
  DeniedBy,
  PeerMode,
  Request,
} from '../../../src/model/istio/authz/types.ts';
import { chainsFor, type At, type Picture } from './picture.ts';
import { agrees, proofOf, ruleOf } from './proof.ts';
import { requestOf, requestsOf, type Given, type Said, type Visit } from './request.ts';

export type Verdict = Visit & {
  readonly request: Request;
  readonly decision: Decision;
  /** The log line that tells of such a request, if there is one that still counts. */
  readonly proof: Refused | undefined;
  readonly sure: boolean;
  readonly is: Outcome;
};

export type Outcome =
  | { readonly is: 'allowed' }
  | { readonly is: 'denied'; readonly by: DeniedBy }
  /** Refused before any policy is asked: plaintext at a port that takes mutual TLS only. */
  | { readonly is: 'strict'; readonly mode: PeerMode }
  /** The policies in Kubernetes allow it, and the proxy has denied it since they last changed. */
  | { readonly is: 'contradicted'; readonly line: Refused }
  /** Not a policy of RBAC: an external authorizer, a token, the application. */
  | { readonly is: 'elsewhere'; readonly line: Refused }
  | {
      readonly is: 'unknown';
      readonly hangsOn: readonly Attribute[];
      readonly mayBe: readonly DeniedBy[];
    };

/** What became of requests, and what there is to say of it. */
export type Judged = { readonly verdicts: readonly Verdict[]; readonly found: readonly Found[] };

export function verdicts(at: At, visit: Visit, given: Given): readonly Verdict[] {
  const all = requestsOf(given, visit).map((said) => verdictOf(at, visit, said));
  return all.filter((one, i) => all.findIndex((other) => keyOf(other) === keyOf(one)) === i);
}

/** Requests of one caller that one rule refuses at one port are one finding. */
function keyOf({ arrival, is }: Verdict): string {
  const rule = is.is === 'denied' ? (ruleOf(is.by) ?? is.by.is) : '';
  return JSON.stringify([arrival.port, is.is, rule]);
}

function verdictOf(at: At, visit: Visit, said: Said): Verdict {
  const { picture, scene, proxy } = at;
  const { subject } = visit;
  const request = requestOf(picture, visit, said);
  const decision = decide(scene, request);
  const proof = proofOf(picture, visit, said, decision);
  const base = { ...visit, request, decision, proof };
  const strict = strictness(at, visit);
  if (strict) return { ...base, ...strict };
  const is = outcomeOf(decision, proof);
  const known = subject.anyone || subject.identity.is !== 'unknown';
  const whole = known && isWhole(picture) && proxy.is === 'same';
  const agreed = is.is === 'denied' && proof !== undefined && agrees(proof, is.by);
  // A line that names the rule needs no identity to prove it; that none allowed is not yet why.
  const named = agreed && is.by.is !== 'no-allow';
  return { ...base, is, sure: whole || named || (known && agreed) };
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

// pilot/pkg/networking/core/listener_inbound.go: a STRICT port has no chain that takes plaintext.
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
