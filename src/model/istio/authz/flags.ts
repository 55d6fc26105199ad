// The command-line option that supplies an attribute.
import type { Attribute } from './types.ts';

/** `--path`, `--header x-team=…`; `undefined` when no option does. */
export function optionFor(attribute: Attribute): string | undefined {
  switch (attribute.is) {
    case 'path':
    case 'method':
      return `--${attribute.is}`;
    case 'host':
      return '--header host=…';
    case 'header':
      return `--header ${attribute.name}=…`;
    default:
      return undefined;
  }
}
