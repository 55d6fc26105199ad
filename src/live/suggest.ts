// Near names for a name that does not exist, as the end of a sentence.
import { near } from '../core/near.ts';

/** `; did you mean prod-eu?`, or the names there are, or ''. */
export function suggest(name: string, known: Iterable<string>): string {
  const names = [...known];
  const close = near(name, names);
  if (close.length > 0) return `; did you mean ${close.join(' or ')}?`;
  return names.length === 0 ? '' : `; there is ${names.slice(0, 8).join(', ')}`;
}
