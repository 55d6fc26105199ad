// Text that may reach a person: made only from guarded values and from sentences of our own.
declare const safe: unique symbol;

/** A string that holds no secret: it came through the guard, or from this program's own sentences. */
export type SafeText = string & { readonly [safe]: true };

/**
 * What a reader cannot see, or what changes how its neighbours are seen; a line break and a tab are neither. By
 * Unicode's own properties (UnicodeData.txt, PropList.txt, DerivedCoreProperties.txt): control characters (Cc: C0,
 * DEL, C1), line and paragraph separators (Zl, Zp), halves of a pair without the other (Cs), what is shown as nothing
 * (Default_Ignorable_Code_Point: soft hyphen, zero width, fillers, variation selectors, tag letters), what reorders
 * (Bidi_Control, UAX #9), annotations (U+FFF9 to U+FFFB) and what is no character (Noncharacter_Code_Point).
 */
const unseen = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{Bidi_C}\p{NChar}\ufff9-\ufffb]/gu;

/**
 * Each such character as JSON escapes it: `\u001b`, `\u202e`, a pair for what takes one. So text says what it holds,
 * and inside a JSON string it still means what it meant. With `allowed` (a pattern with the flag `u`, or none) whatever
 * that matches stays as it is.
 */
export function visible(text: string, allowed?: RegExp): string {
  if (!allowed) return text.replace(unseen, escapedUnits);
  const either = new RegExp(`(?<allowed>${allowed.source})|${unseen.source}`, 'gu');
  return text.replace(either, (match: string, ...more: unknown[]) => {
    const groups = more.at(-1) as { readonly allowed?: string };
    return groups.allowed === undefined ? escapedUnits(match) : match;
  });
}

function escapedUnits(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** JSON that holds no unseen character and parses back to the same value. `indent` in columns. */
export function jsonText(value: unknown, indent?: number): string {
  return visible(JSON.stringify(value, undefined, indent));
}

/** What somebody else wrote, in a sentence of ours: in quotes, in one line, and no longer than a person reads. */
export function quoted(text: string): string {
  return jsonText(text.length > longest ? `${text.slice(0, longest)}...` : text);
}

/** Characters; a namespace and a name of Kubernetes' fit. */
const longest = 320;

/** Colours, and the erasing that goes with them: what a program writes for a terminal of its own. */
const colours = /\x1b\[[\d;:]*[mK]/g;

/**
 * Marks text as fit to print. Callers are the guard, the engine and the facts, which see only guarded
 * values; reports accept nothing else. No evidence can repaint a terminal: the colours of a log line are dropped, any
 * other unseen character is shown as its escape.
 */
export function safeText(text: string): SafeText {
  return visible(text.replaceAll('\r\n', '\n').replace(colours, '')) as SafeText;
}

/** One line, whatever it held before. */
export function oneLine(text: string): SafeText {
  return safeText(text).replace(/\s+/g, ' ').trim() as SafeText;
}

/** Whether the guard's stand-in for a secret is in it: what it stands for is not known any more. */
export function holdsHidden(text: string): boolean {
  return text.includes('[hidden');
}

/**
 * Whether two texts of one run are the same. A stand-in with a number is the same secret wherever it stands; of any other
 * that is hidden it is not known (`undefined`).
 */
export function isSameText(one: string, other: string): boolean | undefined {
  if (one === other) return isNameless(one) ? undefined : true;
  return holdsHidden(one) || holdsHidden(other) ? undefined : false;
}

/** Hidden without a number, so that another of its kind may be another secret. */
export function isNameless(text: string): boolean {
  return /\[hidden[\],]/.test(text);
}

/** `{pod} rejected {type}` has the slots `pod` and `type`. */
export type Slots<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Slots<Rest>
  : never;

/** Puts values into a sentence's slots. A slot without a value is a bug, so it throws. */
export function fill(template: string, values: Readonly<Record<string, string>>): SafeText {
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for the slot {${name}} of: ${template}`);
    return value;
  });
  return safeText(text);
}

/** `1 proxy`, `3 proxies`: counts as a person writes them. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}

/** `45s`, `7m19s`, `3h4m`, `2d3h`: the age of something, for a sentence. */
export function age(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s}s`;
  if (s < 3600) return joinUnits(Math.floor(s / 60), 'm', s % 60, 's');
  if (s < 86_400) return joinUnits(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'm');
  return joinUnits(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h');
}

function joinUnits(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

/** `a`, `a and b`, `a, b and c`; of more than `most` the first, and how many more there are. */
export function listed(items: readonly string[], most = items.length): string {
  const more = items.length - most;
  const shown = more > 0 ? [...items.slice(0, most), `${more} more`] : items;
  if (shown.length < 2) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
