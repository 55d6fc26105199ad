// YAML as ConfigMaps hold it: mesh config, the injector's config. The only file of this room that loads a parser.
import { parse, Parser } from 'yaml';
import { byText } from '../core/by-text.ts';
import { limits } from '../core/limits.ts';
import type { Json } from '../core/object.ts';
import { yamlDepth } from '../core/yaml-depth.ts';

/** The value, or `undefined` when it is not YAML. */
export function parseYaml(text: string): Json | undefined {
  return parsed(text).value;
}

const parsed = byText((text) => ({ value: read(text) }), 16);

// A key that is a collection becomes a string, and its keys in that again: the cube of their number.
const options = {
  schema: 'core',
  maxAliasCount: 100,
  stringKeys: true,
  logLevel: 'error',
  prettyErrors: false,
} as const;

function read(text: string): Json | undefined {
  if (yamlDepth(text) > limits.yamlDepth) return undefined;
  try {
    // At the first error: going on after each takes the square of their number.
    for (const token of new Parser().parse(text)) if (token.type === 'error') return undefined;
    return parse(text, options) as Json;
  } catch {
    return undefined;
  }
}
