// From rules to roles and bindings: Kubernetes objects as data, each with what a reader should know of it.
import type { Rule, Where } from './rules.ts';

export type Subject =
  | { readonly kind: 'User' | 'Group'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };

export type AccessChoice = {
  /** Base of the names: `meshdoc`, `meshdoc-stale`. */
  readonly name: string;
  /** Where targets are; none means in every namespace. */
  readonly namespaces: readonly string[];
  /** The namespace of each mesh's control plane. */
  readonly roots: Readonly<Record<string, string>>;
  /** Who is given it; without any, roles alone. */
  readonly subjects: readonly Subject[];
};

/** A rule of Kubernetes' own, from rules of one group that are alike in all but the resource. */
export type RoleRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
};
export type NotedRule = {
  readonly rule: RoleRule;
  readonly for: readonly string[];
  readonly optional?: string;
};
export type Role = {
  readonly is: 'role';
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
  readonly namespace?: string;
  readonly where: Where;
  readonly rules: readonly NotedRule[];
};
export type Binding = {
  readonly is: 'binding';
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding';
  readonly name: string;
  readonly namespace?: string;
  readonly role: Role;
  readonly subjects: readonly Subject[];
};

/** Roles first; then their bindings, when somebody is named. */
export function rolesOf(rules: readonly Rule[], choice: AccessChoice): readonly (Role | Binding)[] {
  const places = [...new Set(rules.map(({ where }) => where))];
  const roles = places.map((where) => roleFor(where, rules, choice));
  const bound = choice.subjects.length === 0 ? [] : roles.flatMap((r) => bindingsOf(r, choice));
  return [...roles, ...bound];
}

function roleFor(where: Where, rules: readonly Rule[], { name, roots }: AccessChoice): Role {
  const noted = noteRules(rules.filter((rule) => rule.where === where));
  if (where === 'cluster') return { is: 'role', kind: 'ClusterRole', name, where, rules: noted };
  // A ClusterRole too, so that one role is bound in as many namespaces as there are targets.
  if (where === 'target')
    return { is: 'role', kind: 'ClusterRole', name: `${name}-target`, where, rules: noted };
  const mesh = where.slice('root of '.length);
  const namespace = roots[mesh] ?? mesh;
  return { is: 'role', kind: 'Role', name, namespace, where, rules: noted };
}

function noteRules(rules: readonly Rule[]): readonly NotedRule[] {
  const alike = new Map<string, Rule[]>();
  for (const rule of rules) {
    const { resource: _, where: __, ...rest } = rule;
    const key = JSON.stringify(rest);
    alike.set(key, [...(alike.get(key) ?? []), rule]);
  }
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const rule: RoleRule = {
      apiGroups: [first.group],
      resources: same.map(({ resource }) => resource),
      ...(first.names ? { resourceNames: first.names } : {}),
      verbs: first.verbs,
    };
    const { optional } = first;
    return [{ rule, for: first.for, ...(optional === undefined ? {} : { optional }) }];
  });
}

function bindingsOf(role: Role, { namespaces, subjects }: AccessChoice): readonly Binding[] {
  const base = { is: 'binding', name: role.name, role, subjects } as const;
  if (role.where === 'cluster' || (role.where === 'target' && namespaces.length === 0))
    return [{ ...base, kind: 'ClusterRoleBinding' }];
  const within = role.where === 'target' ? namespaces : [role.namespace ?? ''];
  return within.map((namespace) => ({ ...base, kind: 'RoleBinding', namespace }));
}

const api = 'rbac.authorization.k8s.io';

/** As the API server takes it; what is optional is left out. */
export function objectOf(one: Role | Binding): Readonly<Record<string, unknown>> {
  const { kind, name, namespace } = one;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const head = { apiVersion: `${api}/v1`, kind, metadata };
  if (one.is === 'role') {
    const needed = one.rules.filter(({ optional }) => optional === undefined);
    return { ...head, rules: needed.map(({ rule }) => rule) };
  }
  return {
    ...head,
    roleRef: { apiGroup: api, kind: one.role.kind, name: one.role.name },
    subjects: one.subjects.map((s) => (s.kind === 'ServiceAccount' ? s : { ...s, apiGroup: api })),
  };
}
