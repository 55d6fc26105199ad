// Failures in our own words, from codes and names: no exception and no response body is ever quoted.
import { accessFor, type Question } from '../core/question.ts';
import type { Failure } from '../core/ports.ts';
import { isFields, isWebPage, parseJson } from './json.ts';
import type { Received } from './response.ts';

export function failure(why: Failure['why'], detail: string): Failure {
  return { ok: false, why, detail };
}

/** `list pods in istio-system`: what the server was asked to allow. */
export function permission(q: Question): string {
  const access = accessFor(q);
  if (!access) return 'read /version';
  const everywhere = q.ask === 'list' && q.resource.namespaced ? ' in all namespaces' : '';
  const where = access.namespace ? ` in ${access.namespace}` : everywhere;
  return `${access.verb} ${access.resource}${where}`;
}

/** What an answer that is not a success means, whatever was asked; 404 and 400 mean different things by question. */
export function refusal(q: Question, got: Received): Failure {
  if (got.status === 401)
    return failure('unauthenticated', 'the server did not accept the credentials');
  if (got.status === 403) return forbidden(q, got);
  if (got.status === 429) return failure('server-error', 'the server is too busy (HTTP 429)');
  if (got.status >= 500) return failure('server-error', `the server answered HTTP ${got.status}`);
  if (got.status >= 300 && got.status < 400) {
    return failure(
      'unreadable',
      `the answer is a redirect (HTTP ${got.status}), as from a login page`,
    );
  }
  return failure('unreadable', `unexpected answer: HTTP ${got.status}`);
}

function forbidden(q: Question, got: Received): Failure {
  if (isWebPage(got)) {
    return failure('unreachable', 'something before the API server answered 403 with a web page');
  }
  const says = statusMessage(got);
  if (says.includes('User "system:anonymous"')) {
    return failure(
      'unauthenticated',
      'no credentials were sent: the server sees an anonymous user',
    );
  }
  if (/\bcannot impersonate resource\b/.test(says)) {
    return failure('forbidden', 'may not impersonate the user or group given');
  }
  return failure('forbidden', `may not ${permission(q)}`);
}

/** The API server's own Status object; `name` is whom it is about, where it says so. */
export type Status = {
  readonly message: string;
  readonly reason: string;
  readonly name?: string;
};

export function statusOf(got: Received): Status | undefined {
  if (!got.type.includes('json')) return undefined;
  const parsed = parseJson(got.body);
  if (!parsed.ok || !isFields(parsed.value) || parsed.value['kind'] !== 'Status') return undefined;
  const { message, reason, details } = parsed.value;
  const name = isFields(details) ? details['name'] : undefined;
  return {
    message: typeof message === 'string' ? message : '',
    reason: typeof reason === 'string' ? reason : '',
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
  };
}

/** The message of a Status object: for telling cases apart, never for showing. */
export function statusMessage(got: Received): string {
  return statusOf(got)?.message ?? '';
}

/** Whether the body is the API server's own Status object. */
export function isStatus(got: Received): boolean {
  return statusOf(got) !== undefined;
}

/** Whether a 404 is in the API server's words: apiserver's mux and CRD handler answer an unknown path in plain text. */
export function isOwnNotFound(got: Received): boolean {
  if (statusOf(got)?.reason === 'NotFound') return true;
  return got.type.startsWith('text/plain') && got.body.toString('utf8').trim() === PLAIN;
}
const PLAIN = '404 page not found';
