// How `rbac` words a denial: which rule, or which single condition came closest, and what kind of mistake it is.
import { listed, type Found } from '../../../../src/authoring.ts';
import type {
  DeniedBy,
  Matched,
  Missed,
  PolicyRef,
  Why,
} from '../../../../src/model/istio/authz/types.ts';
import {
  avoidEdit,
  parkPolicy,
  readClientRules,
  readIssuers,
  readPolicy,
  readPorts,
  readProviders,
} from '../fixes.ts';
import { tell } from '../says.ts';
import type { Verdict } from '../verdict.ts';
import {
  closestText,
  failedText,
  hasNoSidecar,
  heldText,
  identityText,
  namesText,
  plaintextText,
  policyText,
  ruleText,
} from '../words.ts';
import { mending, type Told } from './told.ts';

export function denied(told: Told, by: DeniedBy): Found {
  switch (by.is) {
    case 'deny-rule':
      return deniedBy(told, by.matched);
    case 'custom-broken':
      return broken(told, by);
    case 'jwt':
      return refusedToken(
        told,
        by.why === 'issuer'
          ? 'its issuer is not one of those accepted'
          : 'its audience is not accepted',
      );
    case 'no-allow':
      return allowedByNone(told, by.misses);
  }
}

function deniedBy(told: Told, matched: Matched): Found {
  const { verdict, said, verify } = told;
  const { policy } = matched.rule;
  const rule = ruleText(matched);
  if (matched.leftOut.length > 0) {
    const ports = readPorts(said.pod.namespace, verify);
    const fields = namesText(matched.leftOut);
    return tell('deny-widened', { ...said, rule, fields }, mending(told, policy, ports));
  }
  const { identity } = verdict.subject;
  const nobody = matched.holds.some((h) => h.field.negated && h.attribute.is === 'source');
  const because =
    nobody && identity.is === 'plaintext'
      ? `The caller shows no identity (${plaintextText(identity.because)}), so it is none of those that are left out.`
      : undefined;
  const why = heldText(matched.holds);
  return tell('deny-rule', { ...said, rule, because, why }, mending(told, policy));
}

function broken(
  { known: { scene }, said, rest, verify }: Told,
  { matched, why, provider }: Extract<DeniedBy, { is: 'custom-broken' }>,
): Found {
  const { policy } = matched.rule;
  const rule = ruleText(matched);
  if (why === 'dry-run')
    return tell(
      'dry-run-enforced',
      { ...said, rule },
      {
        ...rest,
        avoid: avoidEdit(scene.authorizationPolicies, policy),
        fixes: [...readPolicy(policy, verify), parkPolicy(policy, verify)],
      },
    );
  const trouble =
    why === 'unknown-provider'
      ? 'the mesh configuration has no provider of that name'
      : 'policies of this workload name more than one provider';
  const known = (scene.providers ?? []).filter((p) => p.kind !== 'other').map((p) => p.name);
  return tell(
    'unknown-provider',
    { ...said, rule, provider, trouble, known: listed(known) || 'none' },
    { ...rest, fixes: [readProviders(scene.root, verify), ...readPolicy(policy, verify)] },
  );
}

export function refusedToken({ said, rest, verify }: Told, reason: string): Found {
  const fixes = [readIssuers(said.pod.namespace, verify)];
  return tell('jwt-refused', { ...said, reason }, { ...rest, fixes });
}

function allowedByNone(told: Told, misses: readonly Missed[]): Found {
  const { known, verdict, said, verify } = told;
  const [first] = misses;
  const policy = first?.rule.policy;
  if (!first || first.state === 'never')
    return tell('deny-all', { ...said, policy }, mending(told, policy));
  if (first.state === 'dropped') {
    const where =
      known.scene.point.is === 'ztunnel'
        ? 'a ztunnel enforces no HTTP fields'
        : `port ${verdict.request.port} is TCP to it`;
    const slots = { ...said, rule: ruleText(first), fields: namesText(first.httpOnly), where };
    const ports = readPorts(said.pod.namespace, verify);
    return tell('allow-dropped', slots, mending(told, policy, ports));
  }
  const near = misses.filter((m) => m.state === 'in-force');
  const mistake = mistakeOf(near, verdict);
  if (mistake) return mistaken(told, mistake, policy);
  const inForce = verdict.decision.attached
    .filter((a) => a.because.attaches && a.action === 'ALLOW')
    .map((a) => policyText(a.policy));
  const slots = {
    ...said,
    closest: closestText(misses),
    inForce: listed(inForce.slice(0, 4)) || 'none',
  };
  return tell('no-allow', slots, mending(told, policy));
}

type Mistake = { readonly miss: Missed } & (
  Extract<Why, { is: 'trust-domain' }> | { readonly is: 'no-token' | 'no-identity' }
);

function mistaken(told: Told, mistake: Mistake, policy: PolicyRef | undefined): Found {
  const { known, verdict, said, rest, verify } = told;
  const { caller, identity } = verdict.subject;
  const rule = ruleText(mistake.miss);
  const closest = `${rule}: ${listed(mistake.miss.fails.map(failedText))}`;
  const read = readPolicy(policy, verify);
  switch (mistake.is) {
    case 'trust-domain': {
      const slots = { ...said, rule, named: mistake.policy, mesh: mistake.mesh };
      return tell('trust-domain', slots, mending(told, policy));
    }
    case 'no-token': {
      const fixes = [...read, readIssuers(said.pod.namespace, verify)];
      return tell('token-missing', { ...said, rule, closest }, { ...rest, fixes });
    }
    case 'no-identity': {
      if (hasNoSidecar(identity))
        return tell('caller-without-sidecar', { ...said, rule, closest }, { ...rest, fixes: read });
      const slots = { ...said, rule, because: identityText(identity), closest };
      const fixes = [readClientRules(caller ?? known.picture.pod, verify)];
      return tell('plaintext-caller', slots, { ...rest, fixes });
    }
  }
}

/** A kind of mistake that has a name, when it alone keeps the nearest rule from matching. */
function mistakeOf(misses: readonly Missed[], { proof }: Verdict): Mistake | undefined {
  const nearest = misses[0]?.fails.length;
  for (const miss of misses.filter((m) => m.fails.length === nearest)) {
    const kinds = new Set(miss.fails.map((f) => f.why.is));
    const [only, more] = miss.fails;
    if (kinds.size !== 1 || !only) continue;
    const { why } = only;
    if (why.is === 'trust-domain' && !more) return { ...why, miss };
    // The log says that nothing allowed it, and the token is all that is left to differ.
    const token = why.is === 'not-known' && only.attribute.is === 'jwt' && proof !== undefined;
    if (why.is === 'no-token' || token) return { is: 'no-token', miss };
    if (why.is === 'no-identity') return { is: 'no-identity', miss };
  }
  return undefined;
}
