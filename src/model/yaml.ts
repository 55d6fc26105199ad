// YAML as ConfigMaps hold it: mesh config, the injector's config. The only file of this room that loads a parser.
import { byText } from '../core/by-text.ts';
import type { Json } from '../core/object.ts';
import { parseYaml as parse } from '../yaml/parse.ts';

/** The value, or `undefined` when it is not YAML. */
export function parseYaml(text: string): Json | undefined {
  return parsed(text).value;
}

const parsed = byText((text) => ({ value: read(text) }), 16);

function read(text: string): Json | undefined {
  const found = parse(text);
  return found.is === 'document' ? (found.value as Json) : undefined;
}
