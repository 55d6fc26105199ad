// What the words of a saved case may be made of. They are printed, put into commands and compared, so nothing in them may
// be invisible, move a cursor or turn the direction of a line.

/** Controls, format characters (bidi, tags, soft hyphen), line separators, and halves of a character. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

export function isLine(text: string): boolean {
  return !hidden.test(text);
}
