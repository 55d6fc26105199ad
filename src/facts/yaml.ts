// YAML as ConfigMaps hold it: mesh config, the injector's config. The only file of this room that loads a parser.
import { parse } from 'yaml';
import { byText } from '../core/by-text.ts';
import type { Json } from '../core/object.ts';

/** The value, or `undefined` when it is not YAML. */
export function parseYaml(text: string): Json | undefined {
  return parsed(text).value;
}

const parsed = byText((text) => ({ value: read(text) }), 16);

function read(text: string): Json | undefined {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 100 }) as Json;
  } catch {
    return undefined;
  }
}
