// How `rbac` words a denial: which rule, or which single condition came closest, and what kind of mistake it is.
import { listed, type Seen } from '../../../../src/authoring.ts';
import type { DeniedBy, Matched, Missed, Scene } from '../../../../src/model/istio/authz/types.ts';
import type { Picture } from '../picture.ts';
import type { Verdict } from '../verdict.ts';
import { closestText, failedText, heldText, plaintextText, ruleText } from '../words.ts';
import type { RbacSay } from '../judge.ts';
import { policySlots } from '../slots.ts';

export type Told = {
  readonly picture: Picture;
  readonly scene: Scene;
  readonly verdict: Verdict;
  readonly from: readonly [Seen, ...Seen[]];
};

/** `say`, or `say.likely` where the picture is not whole. */
export function sayer(say: RbacSay, { verdict }: Told): RbacSay {
  return verdict.sure ? say : (say.likely as RbacSay);
}

export function sayDenied(say: RbacSay, told: Told, by: DeniedBy): void {
  switch (by.is) {
    case 'deny-rule':
      return sayDenyRule(say, told, by.matched);
    case 'custom-broken':
      return sayBroken(say, told, by);
    case 'jwt':
      return sayToken(say, told, by);
    case 'no-allow':
      return sayNoAllow(say, told, by.misses);
  }
}

function sayDenyRule(say: RbacSay, told: Told, matched: Matched): void {
  const { picture, scene, verdict, from } = told;
  const slots = policySlots(picture, scene, verdict, matched.rule.policy);
  const rule = ruleText(matched);
  const tell = sayer(say, told);
  if (matched.leftOut.length > 0) {
    const fields = listed([...new Set(matched.leftOut.map((f) => f.name))]);
    tell('deny-widened', { ...slots, rule, fields }, ...from);
    return;
  }
  const { identity } = verdict.subject;
  const nobody = matched.holds.some((h) => h.field.negated && h.attribute.is === 'source');
  const because =
    nobody && identity.is === 'plaintext'
      ? `The caller shows no identity (${plaintextText(identity.because)}), so it is none of those that are left out.`
      : '';
  tell('deny-rule', { ...slots, rule, because, why: heldText(matched.holds) }, ...from);
}

function sayBroken(say: RbacSay, told: Told, by: Extract<DeniedBy, { is: 'custom-broken' }>): void {
  const { picture, scene, verdict, from } = told;
  const known = (scene.providers ?? []).filter((p) => p.kind !== 'other').map((p) => p.name);
  const named = policySlots(picture, scene, verdict, by.matched.rule.policy);
  const rule = ruleText(by.matched);
  if (by.why === 'dry-run') {
    sayer(say, told)('dry-run-enforced', { ...named, rule }, ...from);
    return;
  }
  const slots = {
    ...named,
    root: scene.root,
    rule,
    provider: by.provider,
    trouble:
      by.why === 'unknown-provider'
        ? 'the mesh configuration has no provider of that name'
        : 'policies of this workload name more than one provider',
    known: listed(known) || 'none',
  };
  sayer(say, told)('unknown-provider', slots, ...from);
}

function sayToken(say: RbacSay, told: Told, by: Extract<DeniedBy, { is: 'jwt' }>): void {
  const { picture, scene, verdict, from } = told;
  const slots = policySlots(picture, scene, verdict, by.policies[0]);
  const reason =
    by.why === 'issuer'
      ? 'its issuer is not one of those accepted'
      : 'its audience is not accepted';
  sayer(say, told)('jwt-refused', { ...slots, reason }, ...from);
}

function sayNoAllow(say: RbacSay, told: Told, misses: readonly Missed[]): void {
  const { picture, scene, verdict, from } = told;
  const [closest] = misses;
  const slots = {
    ...policySlots(picture, scene, verdict, closest?.rule.policy),
    closest: closestText(misses),
  };
  const tell = sayer(say, told);
  if (!closest || closest.state === 'never') {
    tell('deny-all', slots, ...from);
    return;
  }
  const rule = ruleText(closest);
  if (closest.state === 'dropped') {
    const fields = listed([...new Set(closest.httpOnly.map((f) => f.name))]);
    const where =
      scene.point.is === 'ztunnel'
        ? 'a ztunnel enforces no HTTP fields'
        : `port ${verdict.request.port} is TCP to it`;
    tell('allow-dropped', { ...slots, rule, fields, where }, ...from);
    return;
  }
  const near = misses.filter((m) => m.state === 'in-force');
  const why = reasonOf(near, verdict);
  if (!why) {
    tell('no-allow', slots, ...from);
    return;
  }
  const own = {
    ...slots,
    rule: ruleText(why.miss),
    closest: `${ruleText(why.miss)}: ${listed(why.miss.fails.map(failedText))}`,
  };
  switch (why.is) {
    case 'trust-domain':
      tell('trust-domain', { ...own, named: why.policy, mesh: why.mesh }, ...from);
      return;
    case 'no-token':
      tell('token-missing', own, ...from);
      return;
    case 'no-identity':
      if (why.sidecar) tell('plaintext-caller', own, ...from);
      else tell('caller-without-sidecar', own, ...from);
  }
}

type Reason = { readonly miss: Missed } & (
  | { readonly is: 'trust-domain'; readonly policy: string; readonly mesh: string }
  | { readonly is: 'no-token' }
  | { readonly is: 'no-identity'; readonly sidecar: boolean }
);

/** A kind of mistake that has a name, when it alone keeps the nearest rule from matching. */
function reasonOf(misses: readonly Missed[], { subject, proof }: Verdict): Reason | undefined {
  const nearest = misses[0]?.fails.length;
  for (const miss of misses.filter((m) => m.fails.length === nearest)) {
    const kinds = new Set(miss.fails.map((f) => f.why.is));
    const [only, more] = miss.fails;
    if (kinds.size !== 1 || !only) continue;
    const { why } = only;
    if (why.is === 'trust-domain' && !more) return { ...why, miss };
    if (why.is === 'no-token') return { is: 'no-token', miss };
    // The log says that nothing allowed it, and the token is all that is left to differ.
    const token = why.is === 'not-known' && only.attribute.is === 'jwt' && proof !== undefined;
    if (token) return { is: 'no-token', miss };
    if (why.is !== 'no-identity') continue;
    const { identity } = subject;
    const none = identity.is === 'plaintext' && identity.because.is === 'no-sidecar';
    return { is: 'no-identity', sidecar: !none, miss };
  }
  return undefined;
}
