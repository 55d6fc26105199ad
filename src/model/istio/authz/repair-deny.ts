// Out of a DENY rule's reach, for one caller.
import type { Change } from './change.ts';
import { isSame, ruleText } from './refs.ts';
import type { Attached, Matched } from './types.ts';

/**
 * A `when` that the caller does not meet: unlike `notPrincipals` it holds whatever `from` the rule has, and may
 * stand beside `serviceAccounts`.
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
    does: `takes ${principal} out of ${ruleText(rule)}`,
    alsoAllows: `all else that ${ruleText(rule)} denies ${principal}${reach(found)}`,
    widens: { principal, port: undefined, path: undefined, method: undefined },
  };
  return [change];
}

/** Where else the policy is in force. */
export function reach({ because, policy }: Attached): string {
  if (!because.attaches) return '';
  switch (because.by) {
    case 'root':
      return ', in the whole mesh';
    case 'namespace':
      return `, at every workload of ${policy.namespace}`;
    case 'selector':
    case 'target':
      return '';
  }
}
