// Why a request is refused: which rule did it, or which condition came closest, and what kind of mistake it is.
import { listed } from '../../../../src/authoring.ts';
import { parseDetails } from '../../../../src/model/istio/authz/details.ts';
import { culpritText, kindText, policyText } from '../../../../src/model/istio/authz/refs.ts';
import type {
  DeniedBy,
  Matched,
  Missed,
  PolicyRef,
  Scene,
} from '../../../../src/model/istio/authz/types.ts';
import type { Refused } from '../../../../src/facts/istio/denial-log.ts';
import type { CallerIdentity } from '../../../../src/model/istio/caller.ts';
import type { Blame } from '../fixes.ts';
import type { At } from '../picture.ts';
import type { Reason } from '../refusals.ts';
import type { Outcome, Verdict } from '../verdict.ts';
import { addressMistake } from './address.ts';
import { faultText } from './authorizer.ts';
import {
  closestText,
  hasNoSidecar,
  heldText,
  identityText,
  isAboutKeys,
  peerText,
  namesText,
  plaintextRule,
  plaintextText,
  requiresText,
  tokenAdvice,
} from '../words.ts';

type Because = Reason & Blame;
type Is<K extends Outcome['is']> = Extract<Outcome, { is: K }>;

export function reasonOf(at: At, verdict: Verdict): Because | undefined {
  const { is } = verdict;
  switch (is.is) {
    case 'denied':
      return denied(at, verdict, is.by);
    case 'strict':
      return takesNoPlaintext(verdict, is);
    case 'handshake':
      return handshake(verdict, is);
    case 'elsewhere':
      return elsewhere(at, verdict, is.line.by);
    case 'unknown':
      return logged(verdict);
    case 'allowed':
    case 'contradicted':
      return undefined;
  }
}

function denied(at: At, verdict: Verdict, by: DeniedBy): Because {
  switch (by.is) {
    case 'deny-rule':
      return deniedBy(verdict, by.matched);
    case 'custom-broken':
      return broken(at, by);
    case 'jwt': {
      return refusedToken(`its ${by.why} is not accepted`);
    }
    case 'no-allow':
      return allowedByNone(at, verdict, by.misses);
  }
}

function deniedBy({ subject: { identity } }: Verdict, { rule, holds, leftOut }: Matched): Because {
  const named = { rule: culpritText(rule), mends: rule.policy };
  if (leftOut.length > 0) return { is: 'deny-widened', ...named, fields: namesText(leftOut) };
  const nobody = holds.some((h) => h.field.negated && h.attribute.is === 'source');
  const because =
    nobody && identity.is === 'plaintext'
      ? `The caller has no identity (${plaintextText(identity.because)}), so the exceptions of the rule do not cover it.`
      : undefined;
  return { is: 'deny-rule', ...named, because, why: heldText(holds) };
}

function broken(
  { picture, scene: { providers = [] } }: At,
  { matched: { rule }, why, provider }: Extract<DeniedBy, { is: 'custom-broken' }>,
): Because {
  const named = culpritText(rule);
  if (why === 'dry-run') return { is: 'dry-run-enforced', rule: named, mends: rule.policy };
  const fault = faultText(picture, provider, why);
  const known = listed(providers.filter((p) => p.kind !== 'other').map((p) => p.name)) || 'none';
  return { is: 'unknown-provider', rule: named, provider, fault, known, reads: rule.policy };
}

function allowedByNone(at: At, verdict: Verdict, misses: readonly Missed[]): Because {
  const [first] = misses;
  const mends = first?.rule.policy;
  const resource = mends ? kindText(mends) : 'An ALLOW policy';
  if (!first || first.state === 'never') return { is: 'deny-all', resource, mends };
  if (first.state === 'dropped') {
    const mismatch = mismatchText(at.scene, first, verdict.request.port);
    const onPort = first.unknownKey === undefined;
    return { is: 'allow-dropped', rule: culpritText(first.rule), mismatch, onPort, mends };
  }
  const near = misses.filter((m) => m.state === 'in-force');
  const mistake =
    mistakeOf(at, near, verdict, first.rule.policy) ?? addressMistake(at, near, verdict);
  if (mistake) return mistake;
  const inForce = verdict.decision.attached
    .filter((a) => a.because.attaches && a.action === 'ALLOW')
    .map((a) => policyText(a.policy));
  const others = inForce.length > 1 ? `ALLOW policies here: ${firstOf(inForce)}.` : undefined;
  const peer = peerText(verdict.subject);
  return { is: 'no-allow', resource, closest: capital(closestText(misses)), others, peer, mends };
}

function mismatchText({ point }: Scene, { httpOnly, unknownKey }: Missed, port: number): string {
  if (unknownKey !== undefined)
    return `has a when with key ${unknownKey}, which istiod does not know`;
  const fields = namesText(httpOnly);
  return point.is === 'ztunnel'
    ? `has conditions that a ztunnel cannot check (${fields})`
    : `has HTTP conditions (${fields}), but port ${port} is TCP`;
}

function firstOf(names: readonly string[]): string {
  const more = names.length > 4 ? [`${names.length - 4} more`] : [];
  return listed([...names.slice(0, 4), ...more]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A kind of mistake that has a name, when only that keeps the closest rule from matching. */
function mistakeOf(
  at: At,
  misses: readonly Missed[],
  verdict: Verdict,
  policy: PolicyRef,
): Because | undefined {
  const { proof } = verdict;
  const nearest = misses[0]?.fails.length;
  for (const miss of misses.filter((m) => m.fails.length === nearest)) {
    const [only, more] = miss.fails;
    const why = only?.why;
    if (!why || miss.fails.some((f) => f.why.is !== why.is)) continue;
    const rule = culpritText(miss.rule);
    const requires = requiresText(miss);
    if (why.is === 'trust-domain' && !more)
      return { is: 'trust-domain', rule, named: why.policy, mesh: why.mesh, mends: policy };
    // The log says that no rule allowed it, and only the token can be the reason.
    const token = why.is === 'not-known' && only.attribute.is === 'jwt' && proof !== undefined;
    if (why.is === 'no-token' || token)
      return { is: 'token-missing', rule, requires, reads: policy };
    if (why.is !== 'no-identity') continue;
    return withoutIdentity(at, verdict, { rule, requires, reads: policy });
  }
  return undefined;
}

function withoutIdentity(
  { picture: { services } }: At,
  { subject: { identity }, arrival }: Verdict,
  rule: { readonly rule: string; readonly requires: string; readonly reads: PolicyRef },
): Because {
  const because = identity.is === 'plaintext' ? identity.because.is : undefined;
  if (because === 'gateway') return { is: 'gateway-without-identity', ...rule };
  if (because === 'pod-address') return { is: 'dials-pod-address', ...rule };
  if (because !== 'no-sidecar')
    return { is: 'plaintext-caller', ...rule, ...plaintextOf(identity) };
  return arrival.service || services === undefined
    ? { is: 'caller-without-sidecar', ...rule }
    : { is: 'port-in-no-service', ...rule, port: arrival.port };
}

/** What makes the caller send plaintext, and its name when it is an object. */
function plaintextOf(identity: CallerIdentity) {
  return { because: capital(identityText(identity)), ...plaintextRule(identity) };
}

function takesNoPlaintext({ subject, request }: Verdict, { mode: { by } }: Is<'strict'>): Because {
  const { identity } = subject;
  const reads = by.level === 'default' ? undefined : by.policy;
  const policy = reads ? `PeerAuthentication ${policyText(reads)}` : 'the mesh';
  const strict = { port: request.port, policy, reads };
  return hasNoSidecar(identity)
    ? { is: 'strict-without-sidecar', ...strict }
    : { is: 'strict-plaintext', ...strict, ...plaintextOf(identity) };
}

function handshake({ request }: Verdict, { mode: { by }, tls }: Is<'handshake'>): Because {
  const reads = by.level === 'default' ? undefined : by.policy;
  return {
    is: 'handshake-fails',
    resource: `DestinationRule ${policyText(tls.rule)}`,
    policy: reads ? `PeerAuthentication ${policyText(reads)}` : 'the mesh',
    port: request.port,
    level: by.level,
    reads,
  };
}

function elsewhere(at: At, { decision, proof }: Verdict, by: Refused['by']): Because | undefined {
  switch (by.is) {
    case 'ext-authz':
      return byAuthorizer(at, decision.asks[0], by.why);
    case 'jwt':
      // Of the placeholder for keys it is said once.
      return keysAreMissing(at) && isAboutKeys(by.reason) ? undefined : refusedToken(by.reason);
    case 'application':
      return { is: 'application-refuses', status: proof?.status ?? 403 };
    case 'rbac':
    case 'no-chain':
    case 'fault':
      return undefined;
  }
}

function refusedToken(reason: string): Because {
  return { is: 'jwt-refused', reason, advice: tokenAdvice(reason) };
}

function keysAreMissing({ picture: { proxy } }: At): boolean {
  return proxy?.is === 'heard' && proxy.chains.some((chain) => chain.unfetched.length > 0);
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
    policy: asked ? culpritText(asked.matched.rule) : 'a CUSTOM policy',
    service: found?.service === undefined ? 'it' : `${found.service}:${found.port ?? ''}`,
    reads: asked?.matched.rule.policy,
  };
}

/** The log names a rule whose policy could not be checked. */
function logged({ proof }: Verdict): Because | undefined {
  const details = proof?.by.is === 'rbac' ? parseDetails(proof.by.details) : undefined;
  if (details?.is !== 'rule') return undefined;
  const { rule, custom } = details;
  if (custom?.broken) {
    const fault = 'istiod cannot use it';
    const provider = custom.provider ?? 'of the policy';
    const named = { rule: culpritText(rule), reads: rule.policy };
    return { is: 'unknown-provider', ...named, provider, fault, known: 'not read' };
  }
  const why = 'is named in the log; the policy itself could not be checked';
  return { is: 'deny-rule', rule: culpritText(rule), because: undefined, why, mends: rule.policy };
}
