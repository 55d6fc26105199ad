// Conditions on the token's claims (istio/istio pilot/pkg/security/authz/model/generator.go
// requestPrincipalGenerator, requestAudiencesGenerator, requestClaimGenerator).
import { at } from '../../kube/read.ts';
import { differs, type Look } from './eyes.ts';
import { fitsText } from './match-text.ts';
import type { Jwt } from './types.ts';

type Kind = 'request-principal' | 'audience' | 'presenter' | 'claim';
type Token = Extract<Jwt, { is: 'token' }>;

export function lookAtJwt(kind: Kind, keys: readonly string[], jwt: Jwt): Look {
  const attribute = { is: 'jwt' } as const;
  switch (jwt.is) {
    case 'unknown':
      return { attribute, got: undefined, fits: 'not-known', why: differs };
    case 'none':
      return { attribute, got: undefined, fits: () => false, why: () => ({ is: 'no-token' }) };
    case 'token': {
      const held = claimOf(kind, keys, jwt);
      const principal = kind === 'request-principal';
      return {
        attribute,
        got: principal ? `${jwt.issuer}/${jwt.subject ?? ''}` : held.join(', '),
        fits: (value) =>
          principal ? fitsPrincipal(value, jwt) : held.some((claim) => fitsText(value, claim)),
        why: differs,
      };
    }
  }
}

function claimOf(kind: Kind, keys: readonly string[], jwt: Token): readonly string[] {
  switch (kind) {
    case 'request-principal':
      return [];
    case 'audience':
      return jwt.audiences;
    case 'presenter':
      return strings(jwt.claims.azp);
    case 'claim':
      return claimAt(keys, jwt);
  }
}

function claimAt(keys: readonly string[], jwt: Token): readonly string[] {
  const [first] = keys;
  if (keys.length > 1) return strings(at(jwt.claims, ...keys));
  if (first === 'iss') return [jwt.issuer];
  if (first === 'sub') return strings(jwt.subject);
  if (first === 'aud') return jwt.audiences;
  const held = strings(at(jwt.claims, ...keys));
  // pilot/pkg/security/authn/policy_applier.go buildSpaceDelimitedClaims: these two are lists.
  return first === 'scope' || first === 'permission'
    ? held.flatMap((text) => text.split(' '))
    : held;
}

/** A string or a list of strings; numbers and booleans match nothing. */
function strings(claim: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return all.filter((one) => typeof one === 'string');
}

/** `issuer/subject`, cut at the last slash, since an issuer may be a URL. */
function fitsPrincipal(value: string, jwt: Token): boolean {
  const cut = value.lastIndexOf('/');
  const issuer = cut < 0 ? value : value.slice(0, cut);
  const subject = cut < 0 ? '' : value.slice(cut + 1);
  const { subject: has = '' } = jwt;
  if (jwt.subject === undefined) return false;
  if (value === '*') return jwt.issuer !== '' && has !== '';
  if (value.startsWith('*')) {
    return cut < 0
      ? jwt.issuer !== '' && fitsText(value, has)
      : fitsText(issuer, jwt.issuer) && subject === has;
  }
  if (value.endsWith('*')) {
    return cut < 0
      ? fitsText(value, jwt.issuer) && has !== ''
      : issuer === jwt.issuer && fitsText(subject, has);
  }
  return issuer === jwt.issuer && subject === has;
}
