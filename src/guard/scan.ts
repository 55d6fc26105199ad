// Secrets with a shape of their own that a regular expression would take too long to find: PEM blocks and
// JWTs are found by `indexOf`, so that no input makes this slower than its length.

type Hide = (value: string) => string;

const BEGIN = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/;
export const LONGEST_KEY = 20_000;
const LINE_BREAK = /((?:\\r)?\\n|\r?\n)/;
const KEY_LINE = /^[ \t]*(?:[A-Za-z0-9+/=]+|(?:Proc-Type|DEK-Info): .*)\r?$/;

/** A key cut off before its end marker, or before its begin marker, is still a key. */
export function hidePem(text: string, hide: Hide): string {
  if (!text.includes('PRIVATE KEY')) return text;
  const parts: string[] = [];
  let at = 0;
  for (const begin of text.matchAll(BEGIN)) {
    if (begin.index < at) continue;
    const stop = keyEnd(text, begin.index + begin[0].length);
    parts.push(text.slice(at, begin.index), hide(text.slice(begin.index, stop)));
    at = stop;
  }
  parts.push(text.slice(at));
  return hideHeadless(parts.join(''), hide);
}

function keyEnd(text: string, from: number): number {
  const next = text.indexOf('-----BEGIN', from);
  const near = text.slice(from, Math.min(from + LONGEST_KEY, next < 0 ? text.length : next));
  const end = END.exec(near);
  if (end !== null) return from + end.index + end[0].length;
  return from + keyLines(near.split(LINE_BREAK));
}

/** What is left of a key whose first lines were cut off: lines of base64 up to its end marker. */
function hideHeadless(text: string, hide: Hide): string {
  const parts: string[] = [];
  let at = 0;
  for (const end of text.matchAll(new RegExp(END, 'g'))) {
    const before = text.slice(Math.max(at, end.index - LONGEST_KEY), end.index);
    const start = end.index - keyLines(before.split(LINE_BREAK).reverse(), true);
    const stop = end.index + end[0].length;
    parts.push(text.slice(at, start), hide(text.slice(start, stop)));
    at = stop;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/**
 * The length of the lines that can belong to a key, breaks between them included. Only the last line of a
 * key is short; read backwards it comes first.
 */
function keyLines(lines: readonly string[], backwards = false): number {
  let length = 0;
  let whole = 0;
  for (const line of lines) {
    length += line.length;
    if (line.trim() === '' || LINE_BREAK.test(line)) continue;
    const short = line.length < 40 && !line.includes(': ');
    if (!KEY_LINE.test(line) || (short && backwards && whole > 0)) break;
    whole = length;
    if (short && !backwards) break;
  }
  return whole;
}

const SEGMENT = /[\w-]*/y;

/** JSON Web Tokens and encryptions: `eyJ` is base64url of `{"`. */
export function hideJwt(text: string, hide: Hide): string {
  const parts: string[] = [];
  let at = 0;
  for (let i = text.indexOf('eyJ'); i >= 0;) {
    let stop = segmentEnd(text, i);
    if (stop - i < 10 || text[stop] !== '.' || segmentEnd(text, stop + 1) - stop < 5) {
      i = text.indexOf('eyJ', stop);
      continue;
    }
    for (let more = 0; more < 4 && text[stop] === '.'; more++) stop = segmentEnd(text, stop + 1);
    parts.push(text.slice(at, i), hide(text.slice(i, stop)));
    at = stop;
    i = text.indexOf('eyJ', stop);
  }
  if (at === 0) return text;
  parts.push(text.slice(at));
  return parts.join('');
}

function segmentEnd(text: string, from: number): number {
  SEGMENT.lastIndex = from;
  return from + (SEGMENT.exec(text)?.[0].length ?? 0);
}

// `_` and `-` too: base64url. One start per run, so the cost is linear.
const BLOB =
  /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}={0,2}(?:\n[A-Za-z0-9+/]{20,}={0,2}(?=\n|$))*/g;
// SEQUENCE, version 0 or 1, then an algorithm (PKCS #8), a modulus (PKCS #1) or an octet string (SEC 1).
const DER_KEY = /^30(?:82....|81..|[0-7].)0201(?:0030|0002|0104)/;
const PRINTABLE = /^[\t\n\r\x20-\x7e]*$/;

/** Base64 that decodes to a private key, or to text which holds a secret by `reveals`. */
export function hideBlobs(text: string, hide: Hide, reveals: (decoded: string) => boolean): string {
  return text.replace(BLOB, (blob) => {
    const head = Buffer.from(blob.slice(0, 64), 'base64');
    if (DER_KEY.test(head.toString('hex'))) return hide(blob);
    if (!PRINTABLE.test(head.toString('latin1'))) return blob;
    return reveals(Buffer.from(blob, 'base64').toString('latin1')) ? hide(blob) : blob;
  });
}
