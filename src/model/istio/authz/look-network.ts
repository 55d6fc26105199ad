// Conditions on addresses, the port and the TLS server name.
import { differs, type Look } from './eyes.ts';
import { fitsBlock } from '../../kube/match-ip.ts';
import { fitsText } from './match-text.ts';
import type { Attribute, Request } from './types.ts';

type Kind = 'source-ip' | 'remote-ip' | 'destination-ip' | 'port' | 'sni';

export function lookAtNetwork(kind: Kind, request: Request): Look {
  switch (kind) {
    case 'source-ip':
      return look({ is: 'source-ip' }, request.sourceIp, fitsBlock);
    case 'remote-ip':
      return look({ is: 'remote-ip' }, remoteIp(request), fitsBlock);
    case 'destination-ip':
      return look({ is: 'destination-ip' }, request.destinationIp, fitsBlock);
    case 'port':
      // Number: istiod parses `"0080"` to 80 (model/util.go convertToPort).
      return look({ is: 'port' }, String(request.port), (value) => Number(value) === request.port);
    case 'sni':
      return look({ is: 'sni' }, request.sni, fitsText);
  }
}

/** TCP has no header that names another client. */
function remoteIp(request: Request): string | undefined {
  return request.remoteIp ?? (request.protocol === 'tcp' ? request.sourceIp : undefined);
}

function look(
  attribute: Attribute,
  got: string | undefined,
  fits: (value: string, got: string) => boolean,
): Look {
  const test = got === undefined ? 'not-known' : (value: string) => fits(value, got);
  return { attribute, got, fits: test, why: differs };
}
