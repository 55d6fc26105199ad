// Roles and bindings as YAML for `kubectl apply -f -`, with comments that say what each rule is for.
import { jsonText } from '../core/text.ts';
import { objectOf, type Binding, type NotedRule, type Role, type RoleRule } from './roles.ts';

export type Explained = {
  /** The runbooks that were asked for: a rule for all of them need not name them. */
  readonly runbooks: readonly string[];
  /** Lines for the top, without `# `. */
  readonly head: readonly string[];
};

/** Ends in a newline. */
export function accessYaml(all: readonly (Role | Binding)[], explained: Explained): string {
  const head = explained.head.map((line) => (line === '' ? '#' : `# ${line}`));
  const documents = all.map((one) =>
    one.is === 'role' ? roleYaml(one, explained.runbooks) : bindingYaml(one),
  );
  return `${[...head, documents.join('\n---\n')].join('\n')}\n`;
}

function roleYaml(role: Role, runbooks: readonly string[]): string {
  const { kind, name, namespace, rules } = role;
  const needed = rules.filter(({ optional }) => optional === undefined);
  const spare = rules.filter(({ optional }) => optional !== undefined);
  return [
    `# ${about(role)}`,
    ...headLines(kind, name, namespace),
    needed.length === 0 ? 'rules: []' : 'rules:',
    ...needed.flatMap((one) => [...noteLines(one, runbooks), ...ruleLines(one.rule)]),
    ...spare.flatMap((one) => [
      `  # Not needed: ${one.optional ?? ''}${runbooks.length > 1 ? ` (${users(one, runbooks)})` : ''}.`,
      ...ruleLines(one.rule).map((line) => `  # ${line.slice(2)}`),
    ]),
  ].join('\n');
}

function about({ where, namespace = '' }: Role): string {
  if (where === 'cluster') return 'In the whole cluster.';
  if (where === 'target') return 'In the namespaces of what is diagnosed.';
  return `In the namespace of the control plane, ${namespace}.`;
}

/** With one runbook it goes without saying. */
function noteLines(one: NotedRule, runbooks: readonly string[]): readonly string[] {
  return runbooks.length > 1 ? [`  # ${users(one, runbooks)}`] : [];
}

function users({ for: wanted }: NotedRule, runbooks: readonly string[]): string {
  return wanted.length === runbooks.length && wanted.length > 3 ? 'all of them' : wanted.join(', ');
}

function headLines(kind: string, name: string, namespace: string | undefined): readonly string[] {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${word(name)}`,
    ...(namespace === undefined ? [] : [`  namespace: ${word(namespace)}`]),
  ];
}

function ruleLines(rule: RoleRule): readonly string[] {
  return [
    `  - apiGroups: ${words(rule.apiGroups)}`,
    `    resources: ${words(rule.resources)}`,
    ...(rule.resourceNames ? [`    resourceNames: ${words(rule.resourceNames)}`] : []),
    `    verbs: ${words(rule.verbs)}`,
  ];
}

function bindingYaml(binding: Binding): string {
  const { kind, name, namespace } = binding;
  const { roleRef, subjects } = objectOf(binding);
  const everywhere = kind === 'ClusterRoleBinding' && binding.role.where === 'target';
  return [
    ...(everywhere ? ['# In every namespace; -n binds it in those that are named alone.'] : []),
    ...headLines(kind, name, namespace),
    'roleRef:',
    ...fields(roleRef as Fields, '  '),
    'subjects:',
    ...(subjects as readonly Fields[]).flatMap((subject) =>
      fields(subject, '    ').map((line, i) => (i === 0 ? `  - ${line.trimStart()}` : line)),
    ),
  ].join('\n');
}

type Fields = Readonly<Record<string, string>>;

function fields(all: Fields, indent: string): readonly string[] {
  return Object.entries(all).map(([key, value]) => `${indent}${key}: ${word(value)}`);
}

function words(all: readonly string[]): string {
  return `[${all.map(word).join(', ')}]`;
}

/** Bare where YAML reads it as that text; else as JSON, which is YAML. */
function word(text: string): string {
  const bare =
    /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return bare ? text : jsonText(text);
}
