// Whether the role that is printed for a runbook lets a question be asked: by verb, resource, name and place.
import { rulesOf, resourceOf, wantsOf, type Rule } from '../../src/access/rules.ts';
import { accessFor, type Question } from '../../src/core/question.ts';
import { findRunbook, load } from '../../src/registry.ts';
import type { Ran, Scenario } from './scenarios.ts';

/** Where the words `target` and `root of` point in one run. */
export type Places = {
  /** `*` is every namespace. */
  readonly targets: ReadonlySet<string>;
  readonly roots: Readonly<Record<string, string>>;
};

const kept = new Map<string, readonly Rule[]>();

export async function rulesFor(id: string): Promise<readonly Rule[]> {
  const found = findRunbook(id);
  if (!found.ok) throw new Error(found.says);
  const rules = kept.get(id) ?? rulesOf([wantsOf(await load(found.entry))]);
  kept.set(id, rules);
  return rules;
}

export function placesOf({ saved }: Scenario, { diagnoses }: Ran): Places {
  const { input, namespace = 'default' } = saved.file;
  const words = [...diagnoses.map((d) => d.target as string), input['target'] ?? ''].join(' ');
  const targets = words.split(/[^\w./:-]+/).map((word) => namespaceOf(word, namespace));
  const wholeMesh = diagnoses.some((d) => d.target === 'the mesh') || input['target'] === '';
  return {
    targets: new Set([...targets, ...(wholeMesh ? ['*'] : [])]),
    roots: { istio: input['root'] ?? 'istio-system', linkerd: input['linkerd'] ?? 'linkerd' },
  };
}

/** `shop/web-1`, `ns/shop`, `deployment/web.shop`, `svc/cart.shop:8080`, `cart.shop`. */
function namespaceOf(word: string, otherwise: string): string {
  const [name = ''] = word.split(':');
  const [head = '', tail] = name.split('/');
  if (head === 'ns') return tail ?? '';
  const dot = (tail ?? head).lastIndexOf('.');
  if (dot >= 0) return (tail ?? head).slice(dot + 1);
  return tail === undefined ? otherwise : head;
}

/** The rules that let it be asked: each verb of a port-forward counts for itself. */
export function rulesLetting(
  question: Question,
  rules: readonly Rule[],
  places: Places,
): readonly Rule[] | undefined {
  const access = accessFor(question);
  if (!access) return undefined;
  const name = question.ask === 'get' ? question.ref.name : undefined;
  return rules.filter(
    (rule) =>
      resourceOf(rule) === access.resource &&
      rule.verbs.includes(access.verb) &&
      holdsIn(rule, access.namespace, places) &&
      (rule.names === undefined || (name !== undefined && rule.names.includes(name))),
  );
}

function holdsIn(
  { where }: Rule,
  namespace: string | undefined,
  { targets, roots }: Places,
): boolean {
  if (where === 'cluster') return true;
  if (namespace === undefined) return false;
  if (where === 'target') return targets.has(namespace) || targets.has('*');
  return roots[where.slice('root of '.length)] === namespace;
}
