// The stages of a decision, each a filter of the proxy: it denies, it may deny, or it lets pass.
import { namespacesOf } from './attach.ts';
import { byNearness } from './closest.ts';
import { fateOf, type Fate } from './custom.ts';
import { envoyRuleName } from './details.ts';
import { compare } from './peer-mode.ts';
import { matchedOf, missedOf, type RuleResult } from './rule.ts';
import type { Attribute, Decision, DeniedBy, DryRun, Matched, Scene } from './types.ts';

export type Stage = {
  /** Sure. */
  readonly denies: DeniedBy | undefined;
  /** What its denial depends on, when it is not sure. */
  readonly hangsOn: readonly Attribute[];
  readonly mayBe: readonly DeniedBy[];
};

export const passes: Stage = { denies: undefined, hangsOn: [], mayBe: [] };

/** Envoy sorts rules by name and logs the first that matches. */
function byName(a: RuleResult, b: RuleResult): number {
  return compare(envoyRuleName(a.prepared.rule.ref), envoyRuleName(b.prepared.rule.ref));
}

export function denyStage(results: readonly RuleResult[]): Stage {
  return stageOf(results, (matched) => ({ is: 'deny-rule', matched }));
}

function stageOf(
  results: readonly RuleResult[],
  denial: (matched: Matched, result: RuleResult) => DeniedBy,
): Stage {
  const sorted = [...results].sort(byName);
  const sure = sorted.find(({ truth }) => truth === 'yes');
  const open = sorted.filter(({ truth }) => truth === 'unknown');
  return {
    denies: sure && denial(matchedOf(sure), sure),
    hangsOn: open.flatMap(({ hangsOn }) => hangsOn),
    mayBe: open.map((result) => denial(matchedOf(result), result)),
  };
}

export type AllowStage = { readonly stage: Stage; readonly by: Matched | 'no-allow-policy' };

/** Denies when there are ALLOW rules and none matches. A policy without rules counts as a rule. */
export function allowStage(results: readonly RuleResult[]): AllowStage {
  const sure = results.find(({ truth }) => truth === 'yes');
  if (results.length === 0) return { stage: passes, by: 'no-allow-policy' };
  if (sure !== undefined) return { stage: passes, by: matchedOf(sure) };
  const denial: DeniedBy = { is: 'no-allow', misses: byNearness(results.map(missedOf)) };
  const open = results.filter(({ truth }) => truth === 'unknown');
  const stage: Stage =
    open.length === 0
      ? { denies: denial, hangsOn: [], mayBe: [] }
      : {
          denies: undefined,
          hangsOn: open.flatMap(({ hangsOn }) => hangsOn),
          mayBe: [denial],
        };
  return { stage, by: 'no-allow-policy' };
}

/** A policy that could not be read may allow what no other allows, or deny what all others allow. */
export function withUnseen(stage: Stage, scene: Scene): Stage {
  const concerned = namespacesOf(scene);
  const unseen = scene.unseen
    .filter((namespace) => concerned.includes(namespace))
    .map((namespace): Attribute => ({ is: 'policies', namespace }));
  if (unseen.length === 0) return stage;
  return {
    denies: undefined,
    hangsOn: [...unseen, ...stage.hangsOn],
    mayBe: [...(stage.denies ? [stage.denies] : []), ...stage.mayBe],
  };
}

export type CustomStage = { readonly stage: Stage; readonly asks: Decision['asks'] };
export type CustomResult = { readonly result: RuleResult; readonly provider: string };

export function customStage(
  results: readonly CustomResult[],
  scene: Scene,
  layer: 'http' | 'tcp' | 'ztunnel',
): CustomStage {
  const reach = layer === 'http' ? 'http' : 'tcp';
  const providers = results.map(({ provider }) => provider);
  const fated = results.map((custom) => ({
    ...custom,
    fate: fateOf(
      { provider: custom.provider, dryRun: custom.result.prepared.dryRun },
      providers,
      scene,
      reach,
    ),
  }));
  const broken = brokenStage(fated);
  const asked = fated.filter(({ fate, result }) => fate.is === 'asks' && result.truth !== 'no');
  const open = fated.filter(({ fate, result }) => fate.is === 'not-known' && result.truth !== 'no');
  return {
    stage: {
      ...broken,
      hangsOn: [
        ...broken.hangsOn,
        ...asked.flatMap(({ provider, result }): readonly Attribute[] => [
          ...result.hangsOn,
          { is: 'provider', name: provider },
        ]),
        ...open.map((): Attribute => ({ is: 'providers' })),
      ],
    },
    asks: asked
      .filter(({ result }) => result.truth === 'yes')
      .map(({ provider, result }) => ({ provider, matched: matchedOf(result) })),
  };
}

/** Providers in the order of their names, each with its rules. */
function brokenStage(fated: readonly (CustomResult & { readonly fate: Fate })[]): Stage {
  const names = [...new Set(fated.map(({ provider }) => provider))].sort(compare);
  const stages = names.map((name) => {
    const own = fated.flatMap(({ provider, fate, result }) =>
      provider === name && fate.is === 'broken' ? [{ result, why: fate.why }] : [],
    );
    return stageOf(
      own.map(({ result }) => result),
      (matched, result) => ({
        is: 'custom-broken',
        matched,
        provider: name,
        why: own.find((one) => one.result === result)?.why ?? 'unknown-provider',
      }),
    );
  });
  return {
    denies: stages.find(({ denies }) => denies !== undefined)?.denies,
    hangsOn: stages.flatMap(({ hangsOn }) => hangsOn),
    mayBe: stages.flatMap(({ mayBe }) => mayBe),
  };
}

/** Dry-run rules are judged among themselves, and only logged and counted. */
export function dryRuns(
  deny: readonly RuleResult[],
  allow: readonly RuleResult[],
): readonly DryRun[] {
  const shadow = (results: readonly RuleResult[]): readonly RuleResult[] =>
    results.filter(({ prepared }) => prepared.dryRun);
  const denied = denyStage(shadow(deny)).denies;
  const allowed = allowStage(shadow(allow));
  return [
    ...(denied ? [{ would: 'deny' as const, by: denied }] : []),
    ...(allowed.stage.denies ? [{ would: 'deny' as const, by: allowed.stage.denies }] : []),
    ...(allowed.by === 'no-allow-policy' ? [] : [{ would: 'allow' as const, by: allowed.by }]),
  ];
}
