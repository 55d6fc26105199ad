// Policies and rules by name.
import type { PolicyRef, RuleRef } from './types.ts';

export function isSame(a: PolicyRef, b: PolicyRef): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

/** `shop/only-get` */
export function policyText({ namespace, name }: PolicyRef): string {
  return `${namespace}/${name}`;
}

/** `AuthorizationPolicy shop/only-get` */
export function kindText(policy: PolicyRef): string {
  return `AuthorizationPolicy ${policyText(policy)}`;
}

/** `AuthorizationPolicy shop/only-get (rule 0)` */
export function culpritText({ policy, index }: RuleRef): string {
  return `${kindText(policy)} (rule ${index})`;
}

/** `rule 0 of shop/only-get` */
export function ruleText({ policy, index }: RuleRef): string {
  return `rule ${index} of ${policyText(policy)}`;
}
