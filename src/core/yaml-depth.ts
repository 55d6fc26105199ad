// How deep a YAML text is nested, before anything parses it: a parser that calls itself for each level ends with its
// stack, and on V8 not always in an exception (a pattern that is compiled on the last of the stack aborts the process).

/**
 * An upper bound, in one pass. A level of block style takes a column, or a mark (`- `, `? `, `: `) at the beginning of its
 * line; a level of flow style takes a bracket. Brackets in strings count too.
 */
export function yamlDepth(text: string): number {
  let deepest = 0;
  let brackets = 0;
  let column = 0;
  let atStart = true;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') {
      column = 0;
      atStart = true;
      continue;
    }
    atStart &&= isMargin(text, at);
    if (atStart) deepest = Math.max(deepest, ++column);
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++brackets);
    else if (char === ']' || char === '}') brackets = Math.max(0, brackets - 1);
  }
  return deepest;
}

function isMargin(text: string, at: number): boolean {
  const char = text[at];
  if (char === ' ' || char === '\t') return true;
  return (char === '-' || char === '?' || char === ':') && ' \t\r\n'.includes(text.charAt(at + 1));
}
