// Generated scenes and requests for properties.
import fc from 'fast-check';
import type { Request, Scene } from '../../../../src/model/istio/authz/types.ts';
import { cart, policies, root, sent, tokenOf, web, type Sent } from './arbitrary.ts';
import { object, request, scene } from './kit.ts';

const tokens = object('RequestAuthentication', 'tokens', {
  jwtRules: [{ issuer: 'https://issuer.lab/one' }],
});

export const someScene: fc.Arbitrary<Scene> = fc
  .tuple(
    policies('shop', { minLength: 0, maxLength: 3 }, ['nobody', 'opa', 'dog']),
    policies(root, { minLength: 0, maxLength: 1 }, ['nobody', 'opa']),
    fc.boolean(),
    fc.constantFrom('cluster.local', 'cluster.local', 'cluster.local', 'new.example'),
    fc.subarray(['old.example', 'other.example']),
  )
  .map(([own, ofRoot, reads, trustDomain, trustDomainAliases]) =>
    scene([...own, ...ofRoot], {
      requestAuthentications: reads ? [tokens] : [],
      trustDomain,
      trustDomainAliases,
      providers: [
        { name: 'opa', kind: 'ext-authz-http' },
        { name: 'dog', kind: 'other' },
      ],
    }),
  );

function asRequest(one: Sent): Request {
  const { caller, jwt, team, forwardedFor, hostForm: _, sniffed: __, ...rest } = one;
  return request({
    ...rest,
    source:
      caller === 'legacy'
        ? { is: 'plaintext' }
        : { is: 'mtls', principal: caller === 'web' ? web : cart },
    remoteIp:
      (one.protocol === 'http' ? forwardedFor?.split(', ').at(-1) : undefined) ?? '10.244.0.7',
    headers: { 'x-team': team },
    jwt: tokenOf(jwt),
  });
}

export const someRequest = sent.map(asRequest);
