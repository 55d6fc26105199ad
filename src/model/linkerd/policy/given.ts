// What the user said of a request.
import { holdsHidden } from '../../../core/text.ts';
import type { Request } from './match.ts';

export type Given = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  /** `x-team=a` and `x-team: a`, as curl writes it. */
  readonly header: readonly string[];
};

export function readRequest({ path, method, header }: Given): Request {
  const pairs = header.flatMap((word) => {
    const [, name, value = ''] = /^([^=:\s]+)\s*[=:](.*)$/.exec(word) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value.trimStart()] as const];
  });
  const { host, ...headers } = Object.fromEntries(pairs) as Record<string, string>;
  const [plain, query = ''] = path?.split('?') ?? [];
  return {
    path: holdsHidden(plain ?? '') ? undefined : plain,
    params: Object.fromEntries(new URLSearchParams(query)),
    method: method?.toUpperCase(),
    host,
    headers,
  };
}
