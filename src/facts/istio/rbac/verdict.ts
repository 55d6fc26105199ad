// What becomes of one request: what the policies say, what the proxy has, and what its log says, put together. Sure is
// only what the whole picture says, or what the proxy itself has written.
import { parseDetails } from '../authz/details.ts';
import { decide } from '../authz/decide.ts';
import { peerMode } from '../authz/peer-mode.ts';
import type {
  Attached,
  Attribute,
  Decision,
  DeniedBy,
  PeerMode,
  Request,
  RuleRef,
  Scene,
} from '../authz/types.ts';
import type { Refused } from '../denial-log.ts';
import type { Arrival } from '../service-ports.ts';
import { chainsFor, inProxy, lastPolicyChange, type InProxy, type Picture } from './picture.ts';
import { requestOf, requestsOf, type Given, type Said, type Subject } from './request.ts';

export type Verdict = {
  readonly subject: Subject;
  readonly arrival: Arrival;
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

export function verdicts(
  picture: Picture,
  scene: Scene,
  subject: Subject,
  arrivals: readonly Arrival[],
  given: Given,
): readonly Verdict[] {
  const proxy = inProxy(picture, scene);
  return arrivals.flatMap((arrival) =>
    requestsOf(given, subject, arrival.port).map((said) =>
      verdictOf(picture, scene, { subject, arrival, said, proxy }),
    ),
  );
}

type Case = {
  readonly subject: Subject;
  readonly arrival: Arrival;
  readonly said: Said;
  readonly proxy: InProxy;
};

function verdictOf(picture: Picture, scene: Scene, one: Case): Verdict {
  const { subject, arrival, said, proxy } = one;
  const request = requestOf(picture, subject, arrival, said);
  const decision = decide(scene, request);
  const proof = proofOf(subject, arrival, said, lastPolicyChange(decision.attached));
  const known = subject.anyone || subject.identity.is !== 'unknown';
  const whole = known && isWhole(picture) && proxy.is === 'same';
  const base = { subject, arrival, request, decision, proof };
  const strict = strictness(picture, scene, one);
  if (strict) return { ...base, is: strict.is, sure: strict.sure };
  const is = outcomeOf(picture, decision, proof);
  const agreed = is.is === 'denied' && proof !== undefined && agrees(proof, is.by);
  return { ...base, is, sure: whole || (known && agreed) };
}

/** Every list and the mesh configuration were read. */
function isWhole({ policies, mesh }: Picture): boolean {
  return policies?.unseen.authorization.length === 0 && mesh !== undefined;
}

function outcomeOf(picture: Picture, decision: Decision, proof: Refused | undefined): Outcome {
  const { outcome } = decision;
  if (outcome.is === 'denied' || !proof) return outcome;
  const age = proof.at === undefined ? 0 : picture.now - proof.at;
  if (proof.by.is !== 'rbac') return age < elsewhereMs ? { is: 'elsewhere', line: proof } : outcome;
  if (outcome.is === 'unknown') {
    const named = outcome.mayBe.find((by) => agrees(proof, by));
    return named ? { is: 'denied', by: named } : outcome;
  }
  return age < contradictsMs && stands(proof, decision.attached)
    ? { is: 'contradicted', line: proof }
    : outcome;
}

/** How old a refusal by others than RBAC may be: what refused may have been mended since, and nothing tells when. */
const elsewhereMs = 120_000;
/** A line contradicts the policies only while it can be of now. */
const contradictsMs = 30_000;

/** The rule that the line names is still in force; a policy that is gone refuses nothing any more. */
function stands(line: Refused, attached: readonly Attached[]): boolean {
  const details = line.by.is === 'rbac' ? parseDetails(line.by.details) : undefined;
  const inForce = attached.filter((a) => a.because.attaches && !a.dryRun);
  if (details?.is !== 'rule') return inForce.some((a) => a.action === 'ALLOW');
  const { namespace, name } = details.rule.policy;
  return inForce.some((a) => a.policy.namespace === namespace && a.policy.name === name);
}

// Allowed for the time that a change takes to reach the proxy, and for clocks that differ.
const settleMs = 5000;

/** The latest refusal of this caller at this port that fits what was said, and is no older than the policies. */
function proofOf(
  { seen }: Subject,
  { port }: Arrival,
  said: Said,
  changed: number,
): Refused | undefined {
  const fits = (line: Refused) =>
    (line.port === undefined || line.port === port) &&
    (said.seen === undefined || said.seen === line) &&
    (said.path === undefined || line.path === undefined || bare(line.path) === bare(said.path)) &&
    (said.method === undefined || line.method === undefined || line.method === said.method);
  const current = (line: Refused) => line.at === undefined || line.at > changed + settleMs;
  const all = seen.filter((line) => line.by.is !== 'no-chain' && fits(line) && current(line));
  return all.find((line) => line.by.is === 'rbac') ?? all[0];
}

function bare(path: string): string {
  return path.replace(/[?#].*$/, '');
}

/** The proxy names the same rule, or says as well that none allowed it. */
export function agrees(line: Refused, by: DeniedBy): boolean {
  const details = line.by.is === 'rbac' ? parseDetails(line.by.details) : undefined;
  if (!details) return by.is === 'jwt' && line.by.is === 'jwt';
  if (details.is === 'none') return by.is === 'no-allow';
  const rule = ruleOf(by);
  return (
    rule !== undefined &&
    rule.policy.namespace === details.rule.policy.namespace &&
    rule.policy.name === details.rule.policy.name &&
    rule.index === details.rule.index
  );
}

function ruleOf(by: DeniedBy): RuleRef | undefined {
  return by.is === 'deny-rule' || by.is === 'custom-broken' ? by.matched.rule : undefined;
}

// pilot/pkg/networking/core/listener_inbound.go: a STRICT port has no chain that takes plaintext.
function strictness(
  picture: Picture,
  scene: Scene,
  { subject, arrival }: Case,
): { readonly is: Outcome; readonly sure: boolean } | undefined {
  if (subject.identity.is !== 'plaintext' || scene.point.is !== 'sidecar') return undefined;
  const mode = peerMode(scene, arrival.port);
  const chains = chainsFor(picture.proxy, arrival.port);
  const refuses =
    chains.length > 0 && !chains.some(({ takes }) => takes === 'plaintext' || takes === 'any');
  const complete = picture.policies?.unseen.peerAuthentication.length === 0;
  if (mode.mode !== 'STRICT') return undefined;
  return {
    is: { is: 'strict', mode },
    sure: complete && (chains.length === 0 ? picture.proxy === undefined : refuses),
  };
}
