// A rule as the proxy gets it: on a TCP port, and at a ztunnel, some fields are left out.
import type { Condition, Kind, Policy, Rule } from './parse.ts';
import type { Action, Field } from './types.ts';

/** Which kind of filter the rules become. */
export type Layer = 'http' | 'tcp' | 'ztunnel';

export type Prepared = {
  readonly rule: Rule;
  readonly action: Action;
  readonly dryRun: boolean;
  /** Alternatives; one matches when all its conditions do. Empty: none is left, so the rule never matches. */
  readonly froms: readonly (readonly Condition[])[];
  readonly tos: readonly (readonly Condition[])[];
  readonly whens: readonly Condition[];
  /** `dropped`: the proxy does not get this rule. */
  readonly state: 'in-force' | 'dropped' | 'never';
  readonly leftOut: readonly Field[];
};

// istio/istio pilot/pkg/security/authz/model/generator.go: what says "is HTTP only".
const httpKinds: readonly Kind[] = [
  'host',
  'method',
  'path',
  'header',
  'request-principal',
  'audience',
  'presenter',
  'claim',
];
// pilot/pkg/serviceregistry/ambient/authorization.go handleRule: what has no place in ztunnel's Match.
const notAtZtunnel: readonly Kind[] = [
  ...httpKinds,
  'remote-ip',
  'trust-domain',
  'sni',
  'envoy-metadata',
];

/** The rules of a policy; a policy without rules counts as one rule that never matches. */
export function prepareAll(policy: Policy, action: Action, layer: Layer): readonly Prepared[] {
  if (policy.rules.length > 0) {
    return policy.rules.map((rule) => ({ ...prepare(rule, action, layer), dryRun: policy.dryRun }));
  }
  const ref = { policy: policy.ref, index: 0 };
  const rule: Rule = { ref, froms: [], tos: [], whens: [], unknownKey: undefined };
  return [{ ...prepare(rule, action, layer), dryRun: policy.dryRun, state: 'never' }];
}

function prepare(rule: Rule, action: Action, layer: Layer): Prepared {
  const out = (condition: Condition): boolean => isLeftOut(condition, layer);
  const all = [...rule.froms.flat(), ...rule.tos.flat(), ...rule.whens];
  const leftOut = all.filter(out);
  const strip = (conditions: readonly Condition[]): readonly Condition[] =>
    conditions.filter((condition) => !out(condition));
  const alternatives = (written: readonly (readonly Condition[])[]): Prepared['froms'] => {
    const stripped = written.map(strip);
    if (written.length === 0) return [[]];
    return layer === 'ztunnel' ? stripped.filter((conditions) => conditions.length > 0) : stripped;
  };
  // At a ztunnel, a `when` with nothing left never matches (istio/ztunnel src/rbac.rs "empty clause").
  const lostWhen = layer === 'ztunnel' && rule.whens.some(out);
  const dropped =
    rule.unknownKey !== undefined ||
    lostWhen ||
    (action === 'ALLOW' && leftOut.some(({ kind }) => costsAllow(kind, layer)));
  return {
    rule,
    action,
    dryRun: false,
    froms: alternatives(rule.froms),
    tos: alternatives(rule.tos),
    whens: strip(rule.whens),
    state: dropped ? 'dropped' : 'in-force',
    leftOut: leftOut.map(({ field }) => field),
  };
}

function isLeftOut({ kind, field }: Condition, layer: Layer): boolean {
  switch (layer) {
    case 'http':
      return false;
    case 'tcp':
      return httpKinds.includes(kind);
    case 'ztunnel':
      // It has `serviceAccounts` only as a field of `from`.
      return notAtZtunnel.includes(kind) || (kind === 'service-account' && field.in === 'when');
  }
}

/** A ztunnel silently loses `trustDomains` (httpSources does not name them). */
function costsAllow(kind: Kind, layer: Layer): boolean {
  return !(layer === 'ztunnel' && kind === 'trust-domain');
}
