// What all requests that a rule allows have in common: its fields with exactly one plain value.
import { pathSeen } from './match-path.ts';
import type { Condition, Kind, Rule } from './parse.ts';
import type { Field, Request, Widening } from './types.ts';

type Alternatives = Rule['froms'];

/** The part of a rule that a newly added value opens: the rule with only that value in its field. */
export function withValue(rule: Rule, field: Field, value: string): Rule {
  const narrowed = (conditions: readonly Condition[]): readonly Condition[] =>
    conditions.map((one) =>
      isSame(one.field, field) ? { ...one, field: { ...field, values: [value] } } : one,
    );
  const through = (place: Field['in'], all: Alternatives): Alternatives =>
    (field.in === place ? all.filter((_, index) => index === field.index) : all).map(narrowed);
  return {
    ...rule,
    froms: through('from', rule.froms),
    tos: through('to', rule.tos),
    whens: narrowed(rule.whens),
  };
}

function isSame(a: Field, b: Field): boolean {
  return a.in === b.in && a.index === b.index && a.name === b.name && a.negated === b.negated;
}

export function pinnedBy(rule: Rule, request: Request, principal: string): Widening {
  const pins = (kind: Kind, wanted: string | undefined): boolean =>
    [rule.froms, rule.tos, [rule.whens]].some((all) => everyPins(all, kind, wanted));
  const path = request.path === undefined ? undefined : pathSeen(request.path);
  return {
    principal: pins('principal', principal) ? principal : undefined,
    port: pins('port', String(request.port)) ? request.port : undefined,
    path: pins('path', path) ? path : undefined,
    method: pins('method', request.method) ? request.method : undefined,
  };
}

function everyPins(all: Alternatives, kind: Kind, wanted: string | undefined): boolean {
  return all.length > 0 && all.every((conditions) => conditions.some((one) => says(one)));

  function says({ kind: own, field }: Condition): boolean {
    return (
      own === kind && !field.negated && field.values.length === 1 && field.values[0] === wanted
    );
  }
}
