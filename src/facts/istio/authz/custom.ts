// CUSTOM: who is asked, and the CUSTOM rules that nobody can be asked about, which istiod makes DENY rules
// (istio/istio pilot/pkg/security/authz/builder/builder.go buildHTTP, buildTCP).
import type { Scene } from './types.ts';

export type Fate =
  | { readonly is: 'asks' }
  | { readonly is: 'broken'; readonly why: 'unknown-provider' | 'several-providers' }
  /** An HTTP authorizer is not asked about TCP connections. */
  | { readonly is: 'ignored' }
  | { readonly is: 'not-known' };

/** What becomes of the rules of one provider; `all` are the providers of every CUSTOM policy in force. */
export function fateOf(
  provider: string,
  all: readonly string[],
  scene: Scene,
  layer: 'http' | 'tcp',
): Fate {
  if (new Set(all).size > 1 && !scene.switches.severalProviders) {
    return { is: 'broken', why: 'several-providers' };
  }
  if (scene.providers === undefined) return { is: 'not-known' };
  const known = scene.providers.find(({ name }) => name === provider);
  if (known === undefined || known.kind === 'other') {
    return { is: 'broken', why: 'unknown-provider' };
  }
  return layer === 'tcp' && known.kind === 'ext-authz-http' ? { is: 'ignored' } : { is: 'asks' };
}
