// How a DENY rule is made to leave out one caller.
import type { Change } from './change.ts';
import { isSame, ruleText } from './refs.ts';
import type { Attached, Matched } from './types.ts';

/**
 * A `when` that does not match the caller. Unlike `notPrincipals`, it applies to every `from` of the rule and can be
 * combined with `serviceAccounts`.
 */
export function exclusion(
  { rule }: Matched,
  attached: readonly Attached[],
  principal: string,
): readonly Change[] {
  const found = attached.find(({ policy }) => isSame(policy, rule.policy));
  if (found === undefined) return [];
  const change: Change = {
    is: 'add',
    object: found.object,
    to: ['rules', rule.index, 'when'],
    value: { key: 'source.principal', notValues: [principal] },
    does: `Exclude ${principal} from ${ruleText(rule)}`,
    alsoAllows: `every other request from ${principal} that ${ruleText(rule)} denies${reach(found)}`,
    widens: { principal, port: undefined, path: undefined, method: undefined },
  };
  return [change];
}

/** Where else the policy applies. */
export function reach({ because, policy }: Attached): string {
  if (!because.attaches) return '';
  switch (because.by) {
    case 'root':
      return ', in the whole mesh';
    case 'namespace':
      return `, at every workload in ${policy.namespace}`;
    case 'selector':
    case 'target':
      return '';
  }
}
