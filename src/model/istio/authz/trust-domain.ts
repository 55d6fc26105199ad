// Trust domains in policies: aliases, the name `cluster.local` that stands for the mesh's own, and a principal
// of a trust domain that is neither (istio/istio pilot/pkg/security/trustdomain/bundle.go).
import type { Scene } from './types.ts';

export type Trust = Pick<Scene, 'trustDomain' | 'trustDomainAliases'>;

/** A policy's principal as istiod sends it: one for each trust domain that counts as the mesh's. */
export function withAliases(principal: string, trust: Trust): readonly string[] {
  const domain = trustDomainOf(principal);
  if (domain === undefined || domain === '*' || !isOurs(domain, trust)) return [principal];
  const all = ours(trust).map((own) =>
    endsLike(own, domain) ? principal : inTrustDomain(principal, own),
  );
  return [...new Set(all)];
}

/** `when source.trustDomain` and `trustDomains`: only a name in full is one of ours (ExpandTrustDomainAliases). */
export function domainsMeant(value: string, trust: Trust): readonly string[] {
  return ours(trust).includes(value) ? ours(trust) : [value];
}

/** `td/ns/shop/sa/web` → `td`; `undefined` for what has not its five parts. */
export function trustDomainOf(principal: string): string | undefined {
  const parts = principal.split('/');
  return parts.length === 5 ? parts[0] : undefined;
}

export function inTrustDomain(principal: string, domain: string): string {
  return [domain, ...principal.split('/').slice(1)].join('/');
}

export function ours(trust: Trust): readonly string[] {
  return [trust.trustDomain, ...trust.trustDomainAliases];
}

/** `cluster.local` always stands for the mesh's own. Either side may be a pattern. */
export function isOurs(domain: string, trust: Trust): boolean {
  return (
    domain === 'cluster.local' ||
    ours(trust).some(
      (own) =>
        own === '*' ||
        own === domain ||
        startsLike(domain, own) ||
        startsLike(own, domain) ||
        endsLike(domain, own) ||
        endsLike(own, domain),
    )
  );
}

function startsLike(text: string, pattern: string): boolean {
  return pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1));
}

function endsLike(text: string, pattern: string): boolean {
  return pattern.startsWith('*') && text.endsWith(pattern.slice(1));
}
