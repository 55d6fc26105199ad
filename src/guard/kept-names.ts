// Names in Kubernetes' objects stay as they are, whatever they look like: what has a hidden name cannot be asked for.
import type { Json, JsonObject } from '../core/object.ts';
import { isLabelValue } from '../core/names.ts';
import { isName } from '../core/refs.ts';
import { isCredential, isPasswordName } from './names.ts';
import { isList, isMap } from './objects.ts';
import { isWords, switches } from './words.ts';

const NAMES = new Set([
  ...['name', 'namespace', 'generateName', 'nodeName', 'hostname', 'subdomain', 'serviceName'],
  ...['serviceAccountName', 'serviceAccount', 'secretName', 'claimName', 'volumeName'],
  ...['credentialName', 'gatewayClassName', 'ingressClassName', 'storageClassName'],
]);
const LABELS = new Set(['labels', 'matchLabels', 'selector', 'nodeSelector']);
/** Here anything may stand under any name. */
const OTHERS = new Set([
  ...['data', 'stringData', 'binaryData', 'annotations', 'env', 'args', 'command', 'values'],
  ...['proxyMetadata', 'environmentVariables', 'patch', 'config', 'pluginConfig', 'httpHeaders'],
]);

/** The guarded object, with the names and labels of the one it was made from. */
export function keepNames(before: Json, after: Json): Json {
  if (before === after) return after;
  if (isList(before))
    return isList(after) && before.length === after.length
      ? after.map((item, i) => keepNames(before[i] ?? null, item))
      : after;
  if (!isMap(before) || !isMap(after)) return after;
  const kept = Object.entries(after).map(
    ([key, safe]) => [key, member(before, key, safe)] as const,
  );
  return Object.fromEntries(kept);
}

function member(before: JsonObject, key: string, safe: Json): Json {
  const raw = Object.hasOwn(before, key) ? before[key] : undefined;
  if (raw === undefined || raw === safe || OTHERS.has(key)) return safe;
  if (NAMES.has(key) && typeof raw === 'string') return isName(raw) ? raw : safe;
  if (key === 'matchExpressions' && isList(raw) && isList(safe))
    return raw.length === safe.length ? safe.map((item, i) => expression(raw[i], item)) : safe;
  return LABELS.has(key) && isMap(raw) && isMap(safe) ? labels(raw, safe) : keepNames(raw, safe);
}

function labels(raw: JsonObject, safe: JsonObject): Json {
  const kept = Object.entries(safe).map(([key, value]) => {
    const own = Object.hasOwn(raw, key) ? (raw[key] ?? null) : null;
    return [key, isLabel(key, own) ? own : member(raw, key, value)] as const;
  });
  return Object.fromEntries(kept);
}

/** `{ key: session, operator: In, values: [blue7] }` */
function expression(raw: Json | undefined, safe: Json): Json {
  if (!isMap(raw) || !isMap(safe)) return safe;
  const { key, values } = raw;
  if (typeof key !== 'string' || values === undefined || !isList(values)) return safe;
  return values.every((value) => isLabel(key, value)) ? { ...safe, values } : safe;
}

/** A label is there to be compared: `app: web`, `session: blue7`. Not a password, and no mix under a secret's name. */
function isLabel(key: string, value: Json): value is string {
  if (typeof value !== 'string' || !isLabelValue(value) || isPasswordName(key)) return false;
  if (!isCredential(key)) return isName(value);
  return isWords(value) && value.split(/[^a-z0-9]+/).every((word) => switches(word) < 3);
}
