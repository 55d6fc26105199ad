// YAML that holds no unseen character and parses back to the same value.
import { Document, visit } from 'yaml';
import { visible } from '../core/text.ts';

/** Unfolded lines, so that a command stays on one; no anchors, which few readers expect. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      const text = scalar.value;
      // Only between double quotes is a backslash an escape (YAML 1.2.2, 7.3.1).
      if (typeof text === 'string' && visible(text) !== text) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return visible(document.toString({ lineWidth: 0 }).replace(beyondPairs, eightDigits));
}

const beyondPairs = /[\u{10000}-\u{10ffff}]/gu;

/** YAML has no pairs: what JSON writes as two units is one number of eight digits (5.7). */
function eightDigits(char: string): string {
  if (visible(char) === char) return char;
  return `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}
