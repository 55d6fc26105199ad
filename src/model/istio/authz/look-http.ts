// Conditions on the HTTP request (istio/istio pilot/pkg/security/authz/matcher/header.go; a header sent twice
// is one value with a comma: envoy source/common/http/header_utility.cc getAllOfHeaderAsString).
import { differs, type Look } from './eyes.ts';
import { fitsPath, pathSeen } from './match-path.ts';
import { fitsHeader, fitsHost } from './match-text.ts';
import type { Attribute, Request } from './types.ts';

type Kind = 'host' | 'method' | 'path' | 'header';

export function lookAtHttp(kind: Kind, name: string, request: Request): Look {
  switch (kind) {
    case 'path': {
      const path = request.path === undefined ? undefined : pathSeen(request.path);
      return look({ is: 'path' }, path, fitsPath);
    }
    case 'method':
      return look({ is: 'method' }, request.method, fitsHeader);
    case 'host':
      return look({ is: 'host' }, request.host, fitsHost);
    case 'header':
      return lookAtHeader(name, request);
  }
}

function lookAtHeader(name: string, request: Request): Look {
  const wanted = name.toLowerCase();
  switch (wanted) {
    case ':method':
      return look({ is: 'method' }, request.method, fitsHeader);
    case ':authority':
    case 'host':
      return look({ is: 'host' }, request.host, fitsHeader);
    case ':path':
      return look({ is: 'path' }, request.path, fitsHeader);
  }
  const attribute = { is: 'header', name } as const;
  const entry = Object.entries(request.headers).find(([key]) => key.toLowerCase() === wanted);
  const value = entry?.[1];
  if (value !== null) return look(attribute, value, fitsHeader);
  return { attribute, got: undefined, fits: () => false, why: () => ({ is: 'absent' }) };
}

function look(
  attribute: Attribute,
  got: string | undefined,
  fits: (pattern: string, value: string) => boolean,
): Look {
  const test = got === undefined ? 'not-known' : (value: string) => fits(value, got);
  return { attribute, got, fits: test, why: differs };
}
