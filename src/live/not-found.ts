// What a 404 means. "There is none" is knowledge, so it is the API server's own word or no word at all: a proxy, a
// gateway or a server that is starting answers 404 as well.
import { answered, type Failure, type Reply } from '../core/ports.ts';
import { resourceName, type ObjectRef, type Resource } from '../core/refs.ts';
import { failure, isOwnNotFound, statusOf } from './failure.ts';
import { isWebPage } from './json.ts';
import type { Wire } from './http.ts';
import type { Received } from './response.ts';
import { servedAs } from './served.ts';

type AskAs = (as: Resource) => Promise<Reply<Received>>;
/** `elsewhere`: the server has the resource, in this version. */
type NotFound = Failure | { readonly elsewhere: string };

/** An answer, and the resource in the version that was asked in the end. */
export type Found = { readonly as: Resource; readonly got: Received };

/** A list, or its first page. `absent` when discovery, too, does not know the resource. */
export function findList(
  wire: Wire,
  resource: Resource,
  ask: AskAs,
  signal: AbortSignal,
): Promise<Reply<Found>> {
  return atServedVersion(resource, ask, (as, got) => listNotFound(wire, as, got, signal));
}

/** One object. `absent` when there is none of that name, or no such resource. */
export function findObject(
  wire: Wire,
  ref: ObjectRef,
  ask: AskAs,
  signal: AbortSignal,
): Promise<Reply<Found>> {
  return atServedVersion(ref.resource, ask, (as, got) =>
    objectNotFound(wire, ref, as, got, signal),
  );
}

async function atServedVersion(
  resource: Resource,
  ask: AskAs,
  notFound: (as: Resource, got: Received) => Promise<NotFound>,
): Promise<Reply<Found>> {
  const first = await ask(resource);
  if (!first.ok) return first;
  if (first.value.status !== 404) return answered({ as: resource, got: first.value });
  const where = await notFound(resource, first.value);
  if ('why' in where) return where;
  const as = { ...resource, version: where.elsewhere };
  const second = await ask(as);
  if (!second.ok) return second;
  if (second.value.status !== 404) return answered({ as, got: second.value });
  const nowhere = await notFound(as, second.value);
  return 'why' in nowhere ? nowhere : contradiction(resource);
}

async function listNotFound(
  wire: Wire,
  as: Resource,
  got: Received,
  signal: AbortSignal,
): Promise<NotFound> {
  if (!isOwnNotFound(got)) return notTheApi(got);
  const served = await servedAs(wire, as, signal);
  if (!served.ok)
    return served.why === 'absent'
      ? failure('absent', `the server has no ${resourceName(as)}`)
      : served;
  return served.value === as.version ? contradiction(as) : { elsewhere: served.value };
}

/** Its Status is about the object; plain text is about the path, as with a list. */
async function objectNotFound(
  wire: Wire,
  { name }: ObjectRef,
  as: Resource,
  got: Received,
  signal: AbortSignal,
): Promise<NotFound> {
  const none = failure('absent', `no ${as.kind} named ${name}`);
  const status = statusOf(got);
  if (status?.reason === 'NotFound')
    return status.name === undefined || status.name === name ? none : notTheApi(got);
  const found = await listNotFound(wire, as, got, signal);
  return 'why' in found && found.why === 'absent' ? none : found;
}

function contradiction(resource: Resource): Failure {
  const name = resourceName(resource);
  return failure('unreadable', `the server says that it has ${name}, and answers HTTP 404`);
}

function notTheApi(got: Received): Failure {
  return isWebPage(got)
    ? failure(
        'unreadable',
        'a web page came instead of the API: a proxy or a login page in between?',
      )
    : failure('unreadable', 'HTTP 404, and not in the words of the API server');
}
