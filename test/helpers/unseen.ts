// Characters that no reader sees, or that change how others are seen, as code points: a list of its own, so that the
// one in src/core/text.ts is held to something.

type Span = readonly [from: number, to: number];

/** https://www.unicode.org/charts/: each block or character by name. */
const spans: Readonly<Record<string, Span>> = {
  'C0 before tab': [0x00, 0x08],
  'C0 after line feed': [0x0b, 0x1f],
  'DEL and C1': [0x7f, 0x9f],
  'soft hyphen': [0xad, 0xad],
  'combining grapheme joiner': [0x34f, 0x34f],
  'Arabic letter mark': [0x61c, 0x61c],
  'Hangul fillers': [0x115f, 0x1160],
  'Khmer inherent vowels': [0x17b4, 0x17b5],
  'Mongolian selectors and vowel separator': [0x180b, 0x180f],
  'zero width and marks of direction': [0x200b, 0x200f],
  'separators, embeddings and overrides': [0x2028, 0x202e],
  'word joiner, invisible operators, isolates': [0x2060, 0x206f],
  'Hangul filler': [0x3164, 0x3164],
  'a half of a pair': [0xd800, 0xdfff],
  'variation selectors': [0xfe00, 0xfe0f],
  'byte order mark': [0xfeff, 0xfeff],
  'halfwidth Hangul filler': [0xffa0, 0xffa0],
  'interlinear annotation': [0xfff9, 0xfffb],
  noncharacters: [0xfffe, 0xffff],
  'shorthand format controls': [0x1bca0, 0x1bca3],
  'musical format controls': [0x1d173, 0x1d17a],
  'tag letters': [0xe0000, 0xe007f],
  'variation selectors supplement': [0xe0100, 0xe01ef],
};

export const unseen: readonly { readonly name: string; readonly all: readonly string[] }[] =
  Object.entries(spans).map(([name, [from, to]]) => ({
    name,
    all: Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
  }));

/** The first of `text` that is one of them. Line feed and tab are not. */
export function unseenIn(text: string): string | undefined {
  return [...text].find((char) => {
    const point = char.codePointAt(0) ?? 0;
    return Object.values(spans).some(([from, to]) => point >= from && point <= to);
  });
}

/** One of each kind, between words, and what a terminal obeys: a title, a clipboard, a link, colours, a cleared screen. */
export const hostile = [
  ...unseen.map(({ all }) => `a${all[0] ?? ''}b${all.at(-1) ?? ''}c`),
  '\x1b]0;title\x07',
  '\x1b]52;c;cm0gLXJmIH4=\x07',
  '\x1b]8;;http://evil.example\x07link\x1b]8;;\x07',
  '\x1b[2J\x1b[H\x1b[8mx\x1b[31my\x1b[0m',
  '\x9b31mx\x9d0;y\x9c',
  '\x1bc',
].join(' ');
