// Objects as plain JSON: one by name, or a list in pages. The typed client would drop fields it does not know.
import * as v from 'valibot';
import type { KubeObject } from '../core/object.ts';
import { answered, type Reply } from '../core/ports.ts';
import type { GetQuestion, Listed, ListQuestion } from '../core/question.ts';
import { resourceName, type Resource } from '../core/refs.ts';
import { failure, isStatus, isWebPage, refusal, type Failure } from './failure.ts';
import { get, type Wire } from './http.ts';
import { resourcePath } from './path.ts';
import type { Received } from './response.ts';
import { servedAs } from './served.ts';

/** Objects a request: larger pages freeze the event loop while they are parsed. */
const PAGE = 500;

const itemSchema = v.looseObject({ metadata: v.looseObject({ name: v.string() }) });
const objectSchema = v.looseObject({
  apiVersion: v.string(),
  kind: v.string(),
  metadata: v.looseObject({ name: v.string() }),
});
const listSchema = v.looseObject({
  apiVersion: v.optional(v.string()),
  kind: v.pipe(v.string(), v.endsWith('List')),
  metadata: v.optional(v.looseObject({ continue: v.optional(v.string()) }), {}),
  // An empty list of a Go type without `omitempty` is null.
  items: v.nullable(v.array(itemSchema)),
});

/** One object. `absent` when there is none of that name, or no such resource. */
export async function getObject(
  wire: Wire,
  q: GetQuestion,
  signal: AbortSignal,
): Promise<Reply<KubeObject>> {
  const { name, resource } = q.ref;
  // A namespaced object asked for without one would be a 404, which reads as "there is none".
  const namespace = resource.namespaced ? (q.ref.namespace ?? '') : undefined;
  const ask = (as: Resource) => get(wire, resourcePath(as, namespace, name), [], signal);
  const got = await atServedVersion(wire, resource, ask, signal);
  if (!got.ok) return got;
  if (got.value.status === 404) return failure('absent', `no ${resource.kind} named ${name}`);
  if (got.value.status !== 200) return refusal(q, got.value);
  const object = parse(objectSchema, got.value);
  if (object?.kind !== resource.kind) return unreadable(got.value, `a ${resource.kind}`);
  return answered(object as KubeObject);
}

/** Every page, or as many as `limit` needs. `absent` when the server does not know the resource. */
export async function listObjects(
  wire: Wire,
  q: ListQuestion,
  signal: AbortSignal,
): Promise<Reply<Listed>> {
  for (let restarts = 0; ; restarts++) {
    // A list that expires twice in the middle changes too fast to page: client-go's pager, too, then asks for all.
    const listed = await listPages(wire, q, restarts < 2 ? PAGE : undefined, signal);
    if (listed !== 'expired') return listed;
    if (restarts === 2) return failure('server-error', 'the list kept changing while it was read');
  }
}

async function listPages(
  wire: Wire,
  q: ListQuestion,
  page: number | undefined,
  signal: AbortSignal,
): Promise<Reply<Listed> | 'expired'> {
  const items: KubeObject[] = [];
  let next: string | undefined;
  do {
    const wanted = Math.min(page ?? Infinity, (q.limit ?? Infinity) - items.length);
    const got = await listPage(wire, q, Number.isFinite(wanted) ? wanted : undefined, next, signal);
    if (!got.ok) return got;
    if (got.value.status === 410 && next) return 'expired';
    if (got.value.status === 404)
      return failure('absent', `the server has no ${resourceName(q.resource)}`);
    if (got.value.status !== 200) return refusal(q, got.value);
    const list = parse(listSchema, got.value);
    if (!list) return unreadable(got.value, `a list of ${q.resource.plural}`);
    const apiVersion = versionOf(list, q.resource);
    // The items of a list carry neither; every reader of a single object expects both.
    for (const item of list.items ?? []) items.push({ ...item, apiVersion, kind: q.resource.kind });
    next = list.metadata.continue || undefined;
  } while (next && items.length < (q.limit ?? Infinity));
  const cap = q.limit ?? items.length;
  return answered({ items: items.slice(0, cap), more: next !== undefined || items.length > cap });
}

function listPage(
  wire: Wire,
  q: ListQuestion,
  limit: number | undefined,
  next: string | undefined,
  signal: AbortSignal,
): Promise<Reply<Received>> {
  const query = [
    ['labelSelector', q.labels],
    ['fieldSelector', q.fields],
    ['limit', limit],
    ['continue', next],
  ] as const;
  const namespace = q.resource.namespaced ? q.namespace : undefined;
  const ask = (as: Resource) => get(wire, resourcePath(as, namespace), query, signal);
  return atServedVersion(wire, q.resource, ask, signal);
}

/** A 404 that is no Status is about the path: the group may well serve the resource in another version. */
async function atServedVersion(
  wire: Wire,
  resource: Resource,
  ask: (as: Resource) => Promise<Reply<Received>>,
  signal: AbortSignal,
): Promise<Reply<Received>> {
  const got = await ask(resource);
  if (!got.ok || got.value.status !== 404) return got;
  if (isWebPage(got.value)) return unreadable(got.value, 'the API');
  if (isStatus(got.value) || resource.group === '') return got;
  const version = await servedAs(wire, resource, signal);
  if (!version.ok) return version.why === 'absent' ? got : version;
  return ask({ ...resource, version: version.value });
}

function versionOf(list: v.InferOutput<typeof listSchema>, resource: Resource): string {
  if (list.apiVersion) return list.apiVersion;
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

function parse<S extends v.GenericSchema>(schema: S, got: Received): v.InferOutput<S> | undefined {
  if (!got.type.includes('json')) return undefined;
  try {
    const body: unknown = JSON.parse(got.body.toString('utf8'));
    return v.is(schema, body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(got: Received, expected: string): Failure {
  return isWebPage(got)
    ? failure(
        'unreadable',
        `a web page came instead of ${expected}: a proxy or a login page in between?`,
      )
    : failure('unreadable', `the answer is not ${expected}`);
}
