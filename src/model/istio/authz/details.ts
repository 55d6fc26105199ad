// The name of a rule in Envoy, and back from an access log's response_code_details.
// istio/istio pilot/pkg/security/authz/builder/builder.go policyName, extauthz.go badCustomActionSuffix.
import type { Details, RuleRef } from './types.ts';

/** `ns[shop]-policy[only-get]-rule[0]` */
export function envoyRuleName(rule: RuleRef): string {
  return `ns[${rule.policy.namespace}]-policy[${rule.policy.name}]-rule[${String(rule.index)}]`;
}

const ruleName =
  /^(istio-ext-authz-(?:([a-z0-9-]+)-)?)?ns\[([^\]]+)\]-policy\[([^\]]+)\]-rule\[(\d+)\](-deny-due-to-bad-CUSTOM-action)?$/;

/** Of `response_code_details` or `connection_termination_details`; `undefined` when RBAC did not deny. */
export function parseDetails(details: string): Details | undefined {
  const inside = /rbac_access_denied_matched_policy\[(.+)\]/.exec(details)?.[1];
  if (inside === undefined) return undefined;
  return inside === 'none' ? { is: 'none' } : parseRuleName(inside);
}

/** A rule's name in Envoy's configuration; `undefined` for a name that istiod did not make. */
export function parseRuleName(text: string): Details | undefined {
  const [, custom, provider, namespace, name, index, broken] = ruleName.exec(text) ?? [];
  if (namespace === undefined || name === undefined || index === undefined) return undefined;
  return {
    is: 'rule',
    rule: { policy: { namespace, name }, index: Number(index) },
    custom: custom === undefined ? undefined : { provider, broken: broken !== undefined },
  };
}
