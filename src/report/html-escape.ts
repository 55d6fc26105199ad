// Text nobody can trust, as HTML or SVG: nothing of it is ever markup.

import { visible } from '../core/text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (mark) => entities[mark] ?? '');
}

/** `(E1, E2)` at the end of a sentence leads to the evidence. */
export function withCites(text: string): string {
  const [, said = text, ids = ''] = /^(.*) \((E\d+(?:, E\d+)*)\)$/s.exec(text) ?? [];
  if (ids === '') return escaped(text);
  const links = ids.split(', ').map((id) => `<a href="#${id}">${id}</a>`);
  return `${escaped(said)} (${links.join(', ')})`;
}
