// Which version of a group serves a resource: CRDs move from v1beta1 to v1 at their own pace.
import * as v from 'valibot';
import { answered, type Reply } from '../core/ports.ts';
import type { Resource } from '../core/refs.ts';
import { failure } from './failure.ts';
import { get, type Wire } from './http.ts';

const groupSchema = v.object({ versions: v.array(v.object({ version: v.string() })) });
const resourcesSchema = v.object({ resources: v.array(v.object({ name: v.string() })) });

/** Another version of the group that serves the resource, the server's preferred first; `absent` if none does. */
export async function servedAs(
  wire: Wire,
  resource: Resource,
  signal: AbortSignal,
): Promise<Reply<string>> {
  const path = `/apis/${encodeURIComponent(resource.group)}`;
  const group = await discover(wire, path, groupSchema, signal);
  if (!group.ok) return group;
  for (const { version } of group.value.versions) {
    if (version === resource.version) continue;
    const served = await discover(
      wire,
      `${path}/${encodeURIComponent(version)}`,
      resourcesSchema,
      signal,
    );
    if (!served.ok && served.why !== 'absent') return served;
    if (served.ok && served.value.resources.some(({ name }) => name === resource.plural)) {
      return answered(version);
    }
  }
  return failure('absent', `no version of ${resource.group} serves ${resource.plural}`);
}

async function discover<S extends v.GenericSchema>(
  wire: Wire,
  path: string,
  schema: S,
  signal: AbortSignal,
): Promise<Reply<v.InferOutput<S>>> {
  const got = await get(wire, path, [], signal);
  if (!got.ok) return got;
  if (got.value.status === 404) return failure('absent', 'the server does not know the API group');
  // Discovery may be closed to this user; then the plain 404 is all there is to know.
  if (got.value.status !== 200) return failure('absent', 'the server does not tell its API groups');
  const parsed = v.safeParse(
    v.pipe(v.string(), v.parseJson(), schema),
    got.value.body.toString('utf8'),
  );
  return parsed.success
    ? answered(parsed.output)
    : failure('unreadable', 'the API group list is not readable');
}
