// Objects as plain JSON: one by name, or a list in pages. The typed client would drop fields it does not know.
import { apiVersionOf, placeProblem } from '../core/listed.ts';
import type { KubeObject } from '../core/object.ts';
import { answered, type Reply } from '../core/ports.ts';
import type { GetQuestion, Listed, ListQuestion } from '../core/question.ts';
import type { Resource } from '../core/refs.ts';
import { failure, refusal } from './failure.ts';
import { get, type Wire } from './http.ts';
import { jsonObject, type Fields } from './json.ts';
import { findObject } from './not-found.ts';
import { slim } from './page.ts';
import { readPages } from './pages.ts';
import { resourcePath } from './path.ts';

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
  const found = await findObject(wire, q.ref, ask, signal);
  if (!found.ok) return found;
  const { got, as } = found.value;
  if (got.status !== 200) return refusal(q, got);
  const object = jsonObject(got, `a ${resource.kind}`);
  if (!object.ok) return object;
  const says = problem(object.value, q, as);
  return says === undefined
    ? answered(slim(object.value, apiVersionOf(as), resource.kind))
    : failure('unreadable', `the answer is not the ${resource.kind} that was asked for: ${says}`);
}

function problem(object: Fields, { ref }: GetQuestion, as: Resource): string | undefined {
  if (object['kind'] !== as.kind) return 'it is of another kind';
  if (object['apiVersion'] !== apiVersionOf(as)) return `it is not of ${apiVersionOf(as)}`;
  const { metadata } = object as { readonly metadata?: { readonly name?: unknown } | null };
  return (
    placeProblem(object, as, ref.namespace) ??
    (metadata?.name === ref.name ? undefined : 'it has another name')
  );
}

/** Every page, or as many as `limit` needs. `absent` when the server does not know the resource. */
export async function listObjects(
  wire: Wire,
  q: ListQuestion,
  signal: AbortSignal,
): Promise<Reply<Listed>> {
  for (let restarts = 0; ; restarts++) {
    // A list that expires twice in the middle changes too fast to page: client-go's pager, too, then asks for all.
    const listed = await readPages(wire, q, restarts < 2, signal);
    if (listed !== 'expired') return listed;
    if (restarts === 2) return failure('server-error', 'the list kept changing while it was read');
  }
}
