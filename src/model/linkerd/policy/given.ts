// What the user told about a request.
import { holdsHidden } from '../../../core/text.ts';
import { readHeaders } from '../../headers.ts';
import type { Request } from './match.ts';

export type Given = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly header: readonly string[];
};

export function readRequest({ path, method, header }: Given): Request {
  const { host, ...headers } = readHeaders(header);
  const [plain, query = ''] = path?.split('?') ?? [];
  return {
    path: holdsHidden(plain ?? '') ? undefined : plain,
    params: Object.fromEntries(new URLSearchParams(query)),
    method: method?.toUpperCase(),
    host,
    headers,
  };
}
