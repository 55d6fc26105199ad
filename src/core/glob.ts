// Patterns that others wrote, matched in bounded time.

/** Whether `glob` matches all of `text`; `*` is anything, or nothing. Never backtracks. */
export function fitsGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return glob === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}

/** Steps of the engine: some tenths of a second. */
const most = 10_000_000;

/**
 * Whether a regular expression can be tried on so many characters: proxies have engines that are linear in the text, ours
 * tries every way in which its loops can share it. Stricter than need be, never laxer: a loop over what varies itself can
 * take for ever, and each other loop multiplies by the length.
 */
export function isTame(pattern: string, length: number): boolean {
  const around: boolean[] = [];
  let varies = false;
  let loops = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '\\') at++;
    else if (char === '[') at = classEnd(pattern, at);
    else if (char === '|') varies = true;
    else if (char === '(') {
      around.push(varies);
      varies = false;
      if (pattern[at + 1] === '?') at++;
    } else if (char === ')') {
      if (varies && '*+{'.includes(pattern.charAt(at + 1) || ' ')) return false;
      varies = around.pop() === true || varies;
    } else if ('*+{?'.includes(char)) {
      varies = true;
      if (char !== '?') loops++;
    }
  }
  return (length + 1) ** loops <= most;
}

function classEnd(pattern: string, from: number): number {
  for (let at = from + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}
