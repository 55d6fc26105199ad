// The name of a rule in Envoy, and back from an access log's response_code_details.
import type { Details, RuleRef } from './types.ts';

/** `ns[shop]-policy[only-get]-rule[0]` */
export function envoyRuleName(rule: RuleRef): string {
  return `ns[${rule.policy.namespace}]-policy[${rule.policy.name}]-rule[${String(rule.index)}]`;
}

/** Of `response_code_details` or `connection_termination_details`; `undefined` when RBAC did not deny. */
export function parseDetails(_details: string): Details | undefined {
  return undefined;
}
