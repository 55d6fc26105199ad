// YAML in a ConfigMap: what is secret by its position, which only a tree shows, is hidden where it stands in the text, so
// that comments and order stay.
import { isAlias, isMap as isYamlMap, isScalar, isSeq, type Node } from 'yaml';
import { limits } from '../core/limits.ts';
import type { Json, JsonObject } from '../core/object.ts';
import { yamlDocuments } from '../yaml/parse.ts';

type Place = { readonly from: number; readonly to: number; readonly text: string };

/** The text with what `walk` hides of its documents; as it came when it is no YAML of lists and maps. */
export function hideInYaml(text: string, walk: (value: Json) => Json): string {
  if (!isLikely(text)) return text;
  const places: Place[] = [];
  for (const one of yamlDocuments(text)) {
    if (one.is === 'fault') break;
    const value = one.value as Json;
    const root: unknown = one.node.contents;
    places.push(...changed(text, root as Node | null, value, walk(value)));
  }
  return places
    .toReversed()
    .reduce((safe, { from, to, text: mask }) => safe.slice(0, from) + mask + safe.slice(to), text);
}

const FIELD = /^[ \t]*(?:- )?["']?[\w./-]{1,128}["']?:(?:[ \t]|$)/m;

function isLikely(text: string): boolean {
  return text.length <= limits.yamlInConfigMap && !/^\s*[{[]/.test(text) && FIELD.test(text);
}

/**
 * Where the safe tree differs from the tree, innermost first to be named, from left to right. The line break that ends a
 * block of text belongs to it, and stays: what follows begins a line.
 */
function changed(
  text: string,
  node: Node | null,
  value: Json | undefined,
  safe: Json | undefined,
): readonly Place[] {
  if (node === null || value === safe || isAlias(node)) return [];
  if (isYamlMap(node) && isObject(value) && isObject(safe)) {
    return node.items.flatMap((pair) => {
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (key === undefined || !Object.hasOwn(safe, key)) return [];
      return changed(text, pair.value as Node | null, value[key], safe[key]);
    });
  }
  if (isSeq(node) && Array.isArray(value) && Array.isArray(safe)) {
    const [before, after] = [value as readonly Json[], safe as readonly Json[]];
    return node.items.flatMap((item, i) => changed(text, item as Node | null, before[i], after[i]));
  }
  // `range`: where the value begins, where it ends, and where what follows it ends (yaml's documentation of nodes).
  const [from, end] = node.range ?? [0, 0];
  const to = from + text.slice(from, end).trimEnd().length;
  return typeof safe === 'string' && to > from ? [{ from, to, text: JSON.stringify(safe) }] : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
