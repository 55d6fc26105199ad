// What an API server does with a list's namespace, label selector and field selector, on objects in memory.
import type { KubeObject } from '../core/object.ts';
import type { ListQuestion } from '../core/question.ts';

/** In the server's order: by namespace, then name. */
export function selectObjects(
  objects: readonly KubeObject[],
  q: ListQuestion,
): readonly KubeObject[] {
  return objects
    .filter((o) => q.namespace === undefined || o.metadata.namespace === q.namespace)
    .filter((o) => terms(q.labels).every((term) => hasLabel(o, term)))
    .filter((o) => terms(q.fields).every((term) => hasField(o, term)))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(o: KubeObject): string {
  return `${o.metadata.namespace ?? ''}/${o.metadata.name}`;
}

/** `a=b,c!=d,e in (f,g)`: commas inside brackets belong to their term. */
function terms(selector: string | undefined): readonly string[] {
  const found: string[] = [];
  let term = '';
  let inside = false;
  for (const char of selector ?? '') {
    if (char === '(') inside = true;
    if (char === ')') inside = false;
    if (char !== ',' || inside) term += char;
    else {
      found.push(term);
      term = '';
    }
  }
  return [...found, term].filter((one) => one !== '');
}

function hasLabel(o: KubeObject, term: string): boolean {
  const labels = o.metadata.labels ?? {};
  const set = /^(\S+) (in|notin) \((.*)\)$/.exec(term);
  if (set) {
    const [, key = '', operator, values = ''] = set;
    const value = labels[key];
    const isIn = value !== undefined && values.split(',').includes(value);
    return operator === 'in' ? isIn : !isIn;
  }
  if (term.startsWith('!')) return !(term.slice(1) in labels);
  const [, key = '', operator, value] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? [];
  if (operator === undefined) return term in labels;
  return operator === '!=' ? labels[key] !== value : labels[key] === value;
}

function hasField(o: KubeObject, term: string): boolean {
  const [, path = '', operator, wanted = ''] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? [];
  const found =
    o.kind === 'Event' && path === 'source'
      ? fieldAt(o, 'source.component') || fieldAt(o, 'reportingComponent')
      : fieldAt(o, path);
  return operator === '!=' ? found !== wanted : found === wanted;
}

/** `source` of an event is who reported it (kubernetes pkg/registry/core/event/strategy.go ToSelectableFields). */
function fieldAt(o: KubeObject, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((here, key) => (here as Record<string, unknown> | undefined)?.[key], o);
  return typeof value === 'string' ? value : '';
}
