// Which version of a group serves a resource: CRDs move from v1beta1 to v1 at their own pace.
import { answered, type Reply } from '../core/ports.ts';
import { resourceName, type Resource } from '../core/refs.ts';
import { failure, isOwnNotFound, refusal } from './failure.ts';
import { get, type Wire } from './http.ts';
import { isFields, parseJson, type Fields } from './json.ts';

/** Versions one group is looked through for; Kubernetes' own have at most four. */
const MOST_VERSIONS = 20;

/** The version of the group that serves the resource, the one asked for first; `absent` if none does. */
export async function servedAs(
  wire: Wire,
  resource: Resource,
  signal: AbortSignal,
): Promise<Reply<string>> {
  const versions = await versionsOf(wire, resource, signal);
  if (!versions.ok) return versions;
  for (const version of versions.value.slice(0, MOST_VERSIONS)) {
    const names = await resourcesOf(wire, resource, version, signal);
    if (!names.ok && names.why !== 'absent') return names;
    if (names.ok && names.value.includes(resource.plural)) return answered(version);
  }
  return failure('absent', `no version of ${resource.group} serves ${resource.plural}`);
}

/** What was asked for, if the group has it, then as the server prefers. The core group has one. */
async function versionsOf(
  wire: Wire,
  resource: Resource,
  signal: AbortSignal,
): Promise<Reply<readonly string[]>> {
  const { group, version } = resource;
  if (group === '') return answered([version]);
  const found = await discover(wire, resource, `/apis/${encodeURIComponent(group)}`, signal);
  if (!found.ok) return found;
  const { kind, name, versions } = found.value;
  const named = namesIn(versions, 'version');
  if (kind !== 'APIGroup' || name !== group || named === undefined) return notReadable();
  return answered(named.toSorted((a, b) => Number(b === version) - Number(a === version)));
}

async function resourcesOf(
  wire: Wire,
  resource: Resource,
  version: string,
  signal: AbortSignal,
): Promise<Reply<readonly string[]>> {
  const { group } = resource;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  const path = `/${group === '' ? 'api' : `apis/${encodeURIComponent(group)}`}`;
  const found = await discover(wire, resource, `${path}/${encodeURIComponent(version)}`, signal);
  if (!found.ok) return found;
  const { kind, groupVersion: told = groupVersion, resources } = found.value;
  const names = namesIn(resources, 'name');
  return kind === 'APIResourceList' && told === groupVersion && names !== undefined
    ? answered(names)
    : notReadable();
}

async function discover(
  wire: Wire,
  resource: Resource,
  path: string,
  signal: AbortSignal,
): Promise<Reply<Fields>> {
  const got = await get(wire, path, [], signal);
  if (!got.ok) return got;
  if (got.value.status === 404 && isOwnNotFound(got.value))
    return failure('absent', 'the server does not know the API group');
  // Without discovery nobody knows whether the resource is not served or kept from us.
  if (got.value.status === 401 || got.value.status === 403)
    return failure(
      got.value.status === 401 ? 'unauthenticated' : 'forbidden',
      `may not read ${path}: whether there is ${resourceName(resource)} is not known`,
    );
  if (got.value.status !== 200) return refusal({ ask: 'server' }, got.value);
  const parsed = parseJson(got.value.body);
  return parsed.ok && isFields(parsed.value) ? answered(parsed.value) : notReadable();
}

function namesIn(list: unknown, field: string): readonly string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const names = list.map((entry: unknown) => (isFields(entry) ? entry[field] : undefined));
  return names.every((name): name is string => typeof name === 'string') ? names : undefined;
}

function notReadable(): Reply<never> {
  return failure('unreadable', 'what the server says of its API groups is not readable');
}
