// CUSTOM rules: which authorizer is asked. istiod turns a rule that it cannot send to an authorizer into a DENY rule
// (istio/istio pilot/pkg/security/authz/builder/builder.go buildHTTP, buildTCP).
import type { BrokenCustom, Scene } from './types.ts';

export type Fate =
  | { readonly is: 'asks' }
  | { readonly is: 'broken'; readonly why: BrokenCustom }
  /** An HTTP authorizer is not asked about TCP; a dry-run rule with a bad provider is not sent to the proxy. */
  | { readonly is: 'ignored' }
  | { readonly is: 'not-known' };

export type CustomRule = { readonly provider: string; readonly dryRun: boolean };

/** What happens to a rule; `all` are the providers of every CUSTOM policy in force. */
export function fateOf(
  { provider, dryRun }: CustomRule,
  all: readonly string[],
  scene: Scene,
  layer: 'http' | 'tcp',
): Fate {
  const bad = (why: BrokenCustom): Fate => (dryRun ? { is: 'ignored' } : { is: 'broken', why });
  if (new Set(all).size > 1 && !scene.switches.severalProviders) {
    return bad('several-providers');
  }
  if (scene.providers === undefined) return { is: 'not-known' };
  const known = scene.providers.find(({ name }) => name === provider);
  if (known === undefined || known.kind === 'other') {
    return bad('unknown-provider');
  }
  if (known.unusable) return bad('unusable-provider');
  if (layer === 'tcp' && known.kind === 'ext-authz-http') return { is: 'ignored' };
  const denies = dryRun && scene.switches.dryRunCustom === 'denies';
  return denies ? { is: 'broken', why: 'dry-run' } : { is: 'asks' };
}
