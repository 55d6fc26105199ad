// From the needs of facts to the least rules: what each runbook may ask, where, and nothing twice.
import type { Need } from '../core/fact.ts';
import type { Runbook } from '../core/runbook.ts';
import { roots } from '../meshes/choices.ts';
import { inputNeeds } from '../facts/kube/input-needs.ts';

/** Where a rule holds: everywhere, in the namespaces of what is diagnosed, or in that of a mesh's control plane. */
export type Where = 'cluster' | 'target' | `root of ${string}`;

/** One resource, and the verbs that the same runbooks need on it. */
export type Rule = {
  readonly where: Where;
  /** '' for the core group. */
  readonly group: string;
  /** `pods`, `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  /** Only these objects. */
  readonly names?: readonly string[];
  /** Runbooks, sorted. */
  readonly for: readonly string[];
  /** Nothing is missing without it; this says what it is good for. */
  readonly optional?: string;
};
export type Verb = 'get' | 'list' | 'create';

/** One runbook's needs, each with the place that it means. */
export type Wants = {
  readonly runbook: string;
  readonly wants: readonly { readonly need: ObjectNeed; readonly where: Where }[];
};
type ObjectNeed = Extract<Need, { readonly verbs: unknown }>;

/** What its facts ask, and what finding its target takes. */
export function wantsOf({ head, steps }: Runbook): Wants {
  const all = [
    ...inputNeeds(head.input).map((need) => ({ need, mesh: head.mesh })),
    ...steps.flatMap((step) =>
      step.uses.flatMap(({ name, needs }) =>
        needs.map((need) => ({ need, mesh: meshOf(name) ?? step.of?.mesh ?? head.mesh })),
      ),
    ),
  ];
  const wants = all.flatMap(({ need, mesh = '' }) =>
    'tool' in need ? [] : [{ need, where: placeOf(need, mesh) }],
  );
  return { runbook: head.id, wants };
}

/** `istio/control-plane` asks Istio's, whatever runbook it is asked by; `kube/events` that of its runbook. */
function meshOf(fact: string): string | undefined {
  return roots.find(({ id }) => fact.startsWith(`${id}/`))?.id;
}

function placeOf(need: ObjectNeed, mesh: string): Where {
  if (need.in === 'all') return 'cluster';
  return need.in === 'target' ? 'target' : `root of ${mesh}`;
}

/** A single right; `for` grows while needs are read. */
type Right = Omit<Rule, 'verbs' | 'for'> & { readonly verb: Verb; readonly for: Set<string> };

/** Sorted by place, group and resource. What a wider rule already gives is not there again. */
export function rulesOf(all: readonly Wants[]): readonly Rule[] {
  const rights = new Map<string, Right>();
  for (const { runbook, wants } of all) {
    for (const { need, where } of wants) {
      for (const verb of need.verbs) addRight(rights, need, where, verb, runbook);
    }
  }
  return merged([...rights.values()].filter((right) => !isCovered(right, rights)));
}

function addRight(
  rights: Map<string, Right>,
  need: ObjectNeed,
  where: Where,
  verb: Verb,
  runbook: string,
): void {
  const [resource, group] = parted(need.resource);
  const { names, optional } = need;
  const right: Right = {
    ...{ where, group, resource, verb, for: new Set() },
    ...(names ? { names: [...names].sort() } : {}),
    ...(optional === undefined ? {} : { optional }),
  };
  const key = keyOf(right);
  const kept = rights.get(key) ?? right;
  kept.for.add(runbook);
  rights.set(key, kept);
}

function keyOf({ where, group, resource, verb, names, optional }: Omit<Right, 'for'>): string {
  return JSON.stringify([where, group, resource, verb, names ?? [], optional ?? '']);
}

/** `virtualservices.networking.istio.io` -> its plural and its group. */
function parted(name: string): readonly [string, string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** Whether another right gives the same and more; that one then also stands for these runbooks. */
function isCovered(right: Right, rights: ReadonlyMap<string, Right>): boolean {
  const { names: _, optional: __, ...wide } = right;
  const wider = [{ ...wide, where: 'cluster' as const }, wide]
    .map((one) => rights.get(keyOf(one)))
    .find((found) => found !== undefined && found !== right);
  if (wider) for (const runbook of right.for) wider.for.add(runbook);
  return wider !== undefined;
}

/** Verbs on one resource that the same runbooks need become one rule. */
function merged(rights: readonly Right[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { verb, for: runbooks, ...rest } of rights) {
    const wanted = [...runbooks].sort();
    const key = JSON.stringify([keyOf({ ...rest, verb: 'get' }), wanted]);
    const verbs = [...(rules.get(key)?.verbs ?? []), verb].sort();
    rules.set(key, { ...rest, for: wanted, verbs });
  }
  return [...rules.values()].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ where, group, resource, verbs, optional }: Rule): string {
  return JSON.stringify([where, optional ?? '', group, resource, verbs]);
}

/** `virtualservices.networking.istio.io`, as kubectl takes it. */
export function resourceOf({ group, resource }: Pick<Rule, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}
