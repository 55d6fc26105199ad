// Why a request is refused: which rule, or which single condition came closest, and what kind of mistake it is.
import { listed } from '../../../../src/authoring.ts';
import { parseDetails } from '../../../../src/model/istio/authz/details.ts';
import { policyText, ruleText } from '../../../../src/model/istio/authz/refs.ts';
import type {
  DeniedBy,
  Matched,
  Missed,
  PolicyRef,
  Scene,
} from '../../../../src/model/istio/authz/types.ts';
import type { Refused } from '../../../../src/facts/istio/denial-log.ts';
import type { Blame } from '../fixes.ts';
import type { At } from '../picture.ts';
import type { Reason } from '../refusals.ts';
import type { Outcome, Verdict } from '../verdict.ts';
import {
  closestText,
  failsText,
  hasNoSidecar,
  heldText,
  identityText,
  namesText,
  plaintextText,
} from '../words.ts';

type Because = Reason & Blame;
type Is<K extends Outcome['is']> = Extract<Outcome, { is: K }>;

export function reasonOf(at: At, verdict: Verdict): Because | undefined {
  const { is } = verdict;
  switch (is.is) {
    case 'denied':
      return denied(at.scene, verdict, is.by);
    case 'strict':
      return takesNoPlaintext(verdict, is);
    case 'elsewhere':
      return elsewhere(at, verdict, is.line.by);
    case 'unknown':
      return logged(verdict);
    case 'allowed':
    case 'contradicted':
      return undefined;
  }
}

function denied(scene: Scene, verdict: Verdict, by: DeniedBy): Because {
  switch (by.is) {
    case 'deny-rule':
      return deniedBy(verdict, by.matched);
    case 'custom-broken':
      return broken(scene, by);
    case 'jwt': {
      const issuer = 'its issuer is not one of those accepted';
      const reason = by.why === 'issuer' ? issuer : 'its audience is not accepted';
      return { is: 'jwt-refused', reason };
    }
    case 'no-allow':
      return allowedByNone(scene, verdict, by.misses);
  }
}

function deniedBy({ subject: { identity } }: Verdict, { rule, holds, leftOut }: Matched): Because {
  const named = { rule: ruleText(rule), mends: rule.policy };
  if (leftOut.length > 0) return { is: 'deny-widened', ...named, fields: namesText(leftOut) };
  const nobody = holds.some((h) => h.field.negated && h.attribute.is === 'source');
  const because =
    nobody && identity.is === 'plaintext'
      ? `The caller shows no identity (${plaintextText(identity.because)}), so it is none of those that are left out.`
      : undefined;
  return { is: 'deny-rule', ...named, because, why: heldText(holds) };
}

function broken(
  { providers = [] }: Scene,
  { matched: { rule }, why, provider }: Extract<DeniedBy, { is: 'custom-broken' }>,
): Because {
  const named = ruleText(rule);
  if (why === 'dry-run') return { is: 'dry-run-enforced', rule: named, mends: rule.policy };
  const trouble =
    why === 'unknown-provider'
      ? 'the mesh configuration has no provider of that name'
      : 'policies of this workload name more than one provider';
  const known = listed(providers.filter((p) => p.kind !== 'other').map((p) => p.name)) || 'none';
  return { is: 'unknown-provider', rule: named, provider, trouble, known, reads: rule.policy };
}

function allowedByNone({ point }: Scene, verdict: Verdict, misses: readonly Missed[]): Because {
  const [first] = misses;
  const mends = first?.rule.policy;
  if (!first || first.state === 'never') return { is: 'deny-all', policy: mends, mends };
  if (first.state === 'dropped') {
    const where =
      point.is === 'ztunnel'
        ? 'a ztunnel enforces no HTTP fields'
        : `port ${verdict.request.port} is TCP to it`;
    const fields = namesText(first.httpOnly);
    return { is: 'allow-dropped', rule: ruleText(first.rule), fields, where, mends };
  }
  const near = misses.filter((m) => m.state === 'in-force');
  const mistake = mistakeOf(near, verdict, first.rule.policy);
  if (mistake) return mistake;
  const inForce = verdict.decision.attached
    .filter((a) => a.because.attaches && a.action === 'ALLOW')
    .map((a) => policyText(a.policy));
  const shown = listed(inForce.slice(0, 4)) || 'none';
  return { is: 'no-allow', closest: closestText(misses), inForce: shown, mends };
}

/** A kind of mistake that has a name, when it alone keeps the nearest rule from matching. */
function mistakeOf(
  misses: readonly Missed[],
  { subject: { identity }, proof }: Verdict,
  policy: PolicyRef,
): Because | undefined {
  const nearest = misses[0]?.fails.length;
  for (const miss of misses.filter((m) => m.fails.length === nearest)) {
    const [only, more] = miss.fails;
    const why = only?.why;
    if (!why || miss.fails.some((f) => f.why.is !== why.is)) continue;
    const rule = ruleText(miss.rule);
    const closest = `${rule}: ${failsText(miss)}`;
    if (why.is === 'trust-domain' && !more)
      return { is: 'trust-domain', rule, named: why.policy, mesh: why.mesh, mends: policy };
    // The log says that nothing allowed it, and the token is all that is left to differ.
    const token = why.is === 'not-known' && only.attribute.is === 'jwt' && proof !== undefined;
    if (why.is === 'no-token' || token)
      return { is: 'token-missing', rule, closest, reads: policy };
    if (why.is !== 'no-identity') continue;
    return hasNoSidecar(identity)
      ? { is: 'caller-without-sidecar', rule, closest, reads: policy }
      : { is: 'plaintext-caller', rule, because: identityText(identity), closest };
  }
  return undefined;
}

function takesNoPlaintext({ subject, request }: Verdict, { mode: { by } }: Is<'strict'>): Because {
  const { identity } = subject;
  const reads = by.level === 'default' ? undefined : by.policy;
  const policy = reads ? `PeerAuthentication ${policyText(reads)}` : 'the mesh';
  const strict = { port: request.port, policy, reads };
  return hasNoSidecar(identity)
    ? { is: 'strict-without-sidecar', ...strict }
    : { is: 'strict-plaintext', ...strict, because: identityText(identity) };
}

function elsewhere(at: At, { decision, proof }: Verdict, by: Refused['by']): Because | undefined {
  switch (by.is) {
    case 'ext-authz':
      return byAuthorizer(at, decision.asks[0], by.why);
    case 'jwt':
      return { is: 'jwt-refused', reason: by.reason };
    case 'application':
      return { is: 'application-refuses', status: proof?.status ?? 403 };
    case 'rbac':
    case 'no-chain':
      return undefined;
  }
}

function byAuthorizer(
  { picture, scene }: At,
  asked: Verdict['decision']['asks'][number] | undefined,
  why: 'denied' | 'error',
): Because {
  const provider = asked?.provider ?? scene.providers?.find((p) => p.kind !== 'other')?.name;
  const found = picture.mesh?.extensions.find((e) => e.name === provider);
  return {
    is: why === 'denied' ? 'ext-authz-denied' : 'ext-authz-unreachable',
    provider: provider ?? 'of the mesh',
    policy: asked ? ruleText(asked.matched.rule) : 'A CUSTOM policy',
    service: found?.service === undefined ? 'it' : `${found.service}:${found.port ?? ''}`,
    reads: asked?.matched.rule.policy,
  };
}

/** The log names a rule that could not be judged. */
function logged({ proof }: Verdict): Because | undefined {
  const details = proof?.by.is === 'rbac' ? parseDetails(proof.by.details) : undefined;
  if (details?.is !== 'rule') return undefined;
  const { rule } = details;
  const why = 'so says the log, and the policy itself could not be judged';
  return { is: 'deny-rule', rule: ruleText(rule), because: undefined, why, mends: rule.policy };
}
