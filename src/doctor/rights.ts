// Which of a runbook's rights we have: from the server's list of rules where it is complete, else asked one by one.
import type { Rule } from '../access/rules.ts';
import type { Ports, Reply } from '../core/ports.ts';
import type { CanIAnswer, RulesAnswer } from '../core/question.ts';
import { resourceOf } from '../access/rules.ts';
import type { Right } from './check.ts';

/** Where rules hold in this run. */
export type Places = {
  readonly target: string;
  readonly roots: Readonly<Record<string, string>>;
};
export type Held = 'yes' | 'no' | { readonly unknown: string };

/** Every single right that the rules give; what is optional is left out. */
export function rightsOf(rules: readonly Rule[], places: Places): readonly Right[] {
  const needed = rules.filter(({ optional }) => optional === undefined);
  return needed.flatMap((rule) => {
    const namespace = namespaceOf(rule, places);
    const resource = resourceOf(rule);
    return rule.verbs.flatMap((verb) =>
      (rule.names ?? [undefined]).map((name) => ({ verb, resource, namespace, name })),
    );
  });
}

function namespaceOf({ where }: Rule, { target, roots }: Places): string | undefined {
  if (where === 'cluster') return undefined;
  return where === 'target' ? target : roots[where.slice('root of '.length)];
}

/** Asks each namespace for its rules once, and each right at most once: the ports remember. */
export async function isHeld(ports: Ports, right: Right, signal: AbortSignal): Promise<Held> {
  const { namespace } = right;
  // A list of rules is one namespace's: a right in all of them does not show in it.
  if (namespace !== undefined) {
    const listed = await ports.ask({ ask: 'rules', namespace }, signal);
    if (listed.ok && gives(listed.value, right)) return 'yes';
    if (listed.ok && listed.value.complete) return 'no';
  }
  const { name, ...access } = right;
  return heldBy(await ports.ask({ ask: 'can-i', access, name }, signal));
}

function heldBy(reply: Reply<CanIAnswer>): Held {
  if (!reply.ok) return { unknown: reply.detail };
  return reply.value.allowed ? 'yes' : 'no';
}

// As RBAC reads a rule: kubernetes pkg/apis/rbac/v1/evaluation_helpers.go.
function gives({ rules }: RulesAnswer, { verb, resource: full, name }: Right): boolean {
  const dot = full.indexOf('.');
  const [resource, group] = dot < 0 ? [full, ''] : [full.slice(0, dot), full.slice(dot + 1)];
  const [, subresource] = resource.split('/');
  const resources = ['*', resource, ...(subresource === undefined ? [] : [`*/${subresource}`])];
  return rules.some(
    (rule) =>
      hasOne(rule.verbs, ['*', verb]) &&
      hasOne(rule.groups, ['*', group]) &&
      hasOne(rule.resources, resources) &&
      (rule.names.length === 0 || (name !== undefined && rule.names.includes(name))),
  );
}

function hasOne(given: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((one) => given.includes(one));
}
