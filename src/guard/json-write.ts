// JSON.stringify in steps. The same text, to the byte.
import type { Json } from '../core/object.ts';
import type { Steps } from './steps.ts';
import { createPace, LIGHT, weigh } from './weight.ts';

/** `value` as JSON.stringify(value, null, indent) writes it. */
export function writeJson(value: Json, indent: string): Steps<string> {
  // No more of it counts: ECMA-262, 25.5.2.
  return write(value, '', indent.slice(0, 10));
}

function* write(value: Json, margin: string, indent: string): Steps<string> {
  if (value === null || typeof value !== 'object' || weigh(value) <= LIGHT)
    return moved(JSON.stringify(value, null, indent), margin);
  const isList = Array.isArray(value);
  const start = indent === '' ? '' : `\n${margin}${indent}`;
  const parts: string[] = [];
  const isEnough = createPace();
  let group: [string, Json][] = [];
  const endGroup = () => {
    if (group.length > 0) parts.push(members(group, { isList, margin, indent }));
    group = [];
  };
  for (const key of Object.keys(value)) {
    const inner = (value as { readonly [key: string]: Json })[key] ?? null;
    const weight = weigh(inner);
    if (weight > LIGHT) {
      endGroup();
      const name = isList ? '' : `${JSON.stringify(key)}:${indent === '' ? '' : ' '}`;
      parts.push(`${start}${name}${yield* write(inner, margin + indent, indent)}`);
    } else group.push([key, inner]);
    if (!isEnough(weight)) continue;
    endGroup();
    yield;
  }
  endGroup();
  const end = indent === '' ? '' : `\n${margin}`;
  return `${isList ? '[' : '{'}${parts.join(',')}${end}${isList ? ']' : '}'}`;
}

type Around = { readonly isList: boolean; readonly margin: string; readonly indent: string };

/** Members without the brackets around them. */
function members(group: readonly [string, Json][], { isList, margin, indent }: Around): string {
  const some = isList ? group.map(([, inner]) => inner) : Object.fromEntries(group);
  const text = JSON.stringify(some, null, indent);
  return moved(text.slice(1, indent === '' ? -1 : -2), margin);
}

/**
 * Line breaks in JSON.stringify's text are between its values, never in them. Not with `replaceAll`: V8 keeps the result
 * as the pieces it was made of, which take six times the memory.
 */
function moved(text: string, margin: string): string {
  return margin === '' ? text : text.split('\n').join(`\n${margin}`);
}
