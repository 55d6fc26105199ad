// What one condition asks of a request.
import { differs, type Eyes, type Look } from './eyes.ts';
import { lookAtHttp } from './look-http.ts';
import { lookAtIdentity } from './look-identity.ts';
import { lookAtJwt } from './look-jwt.ts';
import { lookAtNetwork } from './look-network.ts';
import type { Condition } from './parse.ts';

export function lookAt(condition: Condition, eyes: Eyes): Look {
  switch (condition.kind) {
    case 'principal':
    case 'namespace':
    case 'service-account':
    case 'trust-domain':
      return lookAtIdentity(condition.kind, eyes);
    case 'request-principal':
    case 'audience':
    case 'presenter':
    case 'claim':
      return lookAtJwt(condition.kind, condition.keys, eyes.jwt);
    case 'host':
    case 'method':
    case 'path':
      return lookAtHttp(condition.kind, '', eyes.request);
    case 'header':
      return lookAtHttp('header', condition.keys[0] ?? '', eyes.request);
    case 'source-ip':
    case 'remote-ip':
    case 'destination-ip':
    case 'port':
    case 'sni':
      return lookAtNetwork(condition.kind, eyes.request);
    case 'envoy-metadata':
      return {
        attribute: { is: 'envoy-metadata', key: condition.field.name },
        got: undefined,
        fits: 'not-known',
        why: differs,
      };
  }
}
