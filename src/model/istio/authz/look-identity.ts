// Conditions on the caller's identity, which only mTLS carries (istio/istio pilot/pkg/security/authz/model/generator.go
// src*Generator; at ztunnel: istio/ztunnel src/rbac.rs).
import { fitsGlob } from '../../../core/glob.ts';
import { differs, type Eyes, type Look } from './eyes.ts';
import { fitsText, quoted } from './match-text.ts';
import {
  domainsMeant,
  inTrustDomain,
  isOurs,
  trustDomainOf,
  withAliases,
  type Trust,
} from './trust-domain.ts';
import type { Why } from './types.ts';

type Kind = 'principal' | 'namespace' | 'service-account' | 'trust-domain';

export function lookAtIdentity(kind: Kind, eyes: Eyes): Look {
  const attribute = { is: 'source' } as const;
  const { source } = eyes.request;
  switch (source.is) {
    case 'unknown':
      return { attribute, got: undefined, fits: 'not-known', why: differs };
    case 'plaintext':
      return {
        attribute,
        got: undefined,
        fits: () => false,
        why: () => ({ is: 'no-identity' }),
      };
    case 'mtls':
      return {
        attribute,
        got: source.principal,
        fits: (value) => fits(kind, value, source.principal, eyes),
        why: (values) =>
          kind === 'principal' ? whyNot(values, source.principal, eyes.trust) : differs(),
      };
  }
}

function fits(kind: Kind, value: string, principal: string, eyes: Eyes): boolean {
  switch (kind) {
    case 'principal':
      // pilot/pkg/serviceregistry/ambient/authorization.go: "TODO: TDA", ztunnel gets no aliases.
      return (eyes.at === 'ztunnel' ? [value] : withAliases(value, eyes.trust)).some((pattern) =>
        fitsText(pattern, principal),
      );
    case 'namespace':
      return eyes.at === 'ztunnel'
        ? fitsText(value, principal.split('/')[2] ?? '')
        : fitsGlob(`*/ns/${value}/*`, principal);
    case 'service-account':
      return fitsAccount(value, eyes.namespace, principal);
    case 'trust-domain':
      return domainsMeant(value, eyes.trust).some(
        (domain) =>
          principal.includes('/') && fitsGlob(domain, principal.slice(0, principal.indexOf('/'))),
      );
  }
}

function fitsAccount(value: string, policyNamespace: string, principal: string): boolean {
  const [first = '', second] = value.split('/');
  const namespace = second === undefined ? policyNamespace : first;
  const account = second ?? first;
  return whole(`.+/ns/${quoted(namespace)}/(.+/|)sa/${quoted(account)}(/.+)?`, principal);
}

/** All of `spiffe://<principal>`, as Envoy's regexes match it. */
function whole(source: string, principal: string): boolean {
  return new RegExp(`^spiffe://(?:${source})$`).test(`spiffe://${principal}`);
}

/** The caller would match if the mesh knew the trust domain. */
function whyNot(values: readonly string[], principal: string, trust: Trust): Why {
  for (const value of values) {
    const domain = trustDomainOf(value);
    const own = trustDomainOf(principal);
    if (domain === undefined || own === undefined || isOurs(domain, trust)) continue;
    if (fitsText(inTrustDomain(value, own), principal)) {
      return { is: 'trust-domain', policy: domain, mesh: trust.trustDomain };
    }
  }
  return differs();
}
