// Whether a document fits the schema that is published for it.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

/** The published schema lets later versions add keys; here a key it does not know is a mistake. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, closed(v)]));
  return 'properties' in copy && copy['type'] === 'object'
    ? { ...copy, additionalProperties: false }
    : copy;
}

/** Gives what is wrong with a document; nothing when it fits. */
export function checker(schema: unknown): (document: unknown) => readonly ErrorObject[] {
  const valid = new Ajv2020({ allErrors: true }).compile(closed(schema) as object);
  return (document) => (valid(document) ? [] : (valid.errors ?? []));
}
