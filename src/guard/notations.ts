// Secrets in notations that write a value in more than quotes: strings of TOML over some lines, CDATA of XML, explicit
// keys and anchors of YAML; and in a sentence that says which value was refused.
import { edited, hidden, type Edit, type Hide } from './edit.ts';
import { isHarmless, isSecretName, looksRandom } from './names.ts';
import { isMask } from './tokens.ts';
import { nameStart, readValue } from './value.ts';

/** How much of one string is read. */
const LONGEST = 4096;
const TRIPLE = /[ \t]{0,8}=[ \t]{0,8}("""|''')/g;

/** `token = """x"""` */
export function hideTriples(text: string, hide: Hide): string {
  return edited(text, TRIPLE, (found) => {
    const name = text.slice(nameStart(text, found.index), found.index);
    const from = found.index + found[0].length;
    const near = text.slice(from, from + LONGEST);
    const length = near.indexOf(found[1] ?? '');
    const to = from + (length < 0 ? near.length : length);
    if (!isSecretName(name) || isMask(text.slice(from, to))) return undefined;
    return hidden(text, { from, to, end: to }, hide);
  });
}

const CDATA = /<([\w.:-]{1,128})><!\[CDATA\[([^\]]{1,4096})/g;

/** `<password><![CDATA[x]]></password>` */
export function hideCdata(text: string, hide: Hide): string {
  return text.replace(CDATA, (all, name: string, value: string) =>
    isSecretName(name) && !value.startsWith('[hidden')
      ? all.slice(0, -value.length) + hide(value)
      : all,
  );
}

const EXPLICIT =
  /^[ \t]{0,64}\? {1,8}["']?([\w.-]{1,128})["']?[ \t]{0,8}\r?\n[ \t]{0,64}: {1,8}(?=\S)/gm;

/** `? password` and `: x` below it. */
export function hideExplicit(text: string, hide: Hide): string {
  return edited(text, EXPLICIT, (found) =>
    isSecretName(found[1] ?? '')
      ? valueAt(text, found.index + found[0].length, found.index, hide)
      : undefined,
  );
}

const ALIAS = /:[ \t]{1,8}\*([\w-]{1,64})/g;
/** Anchors that are looked for in one text. */
const MOST = 20;

/** `a: &p x` where `password: *p` says what it is. */
export function hideAnchors(text: string, hide: Hide): string {
  if (!text.includes('&')) return text;
  const names = new Set<string>();
  for (const found of text.matchAll(ALIAS)) {
    if (names.size >= MOST) break;
    const name = text.slice(nameStart(text, found.index), found.index);
    if (isSecretName(name)) names.add(found[1] ?? '');
  }
  return [...names].reduce(
    (safe, name) =>
      edited(safe, new RegExp(`&${name}[ \\t]{1,8}(?=\\S)`, 'g'), (found) =>
        valueAt(safe, found.index + found[0].length, found.index, hide),
      ),
    text,
  );
}

function valueAt(text: string, at: number, start: number, hide: Hide): Edit | undefined {
  const value = readValue(text, at, start);
  const bare = text.slice(value.from, value.to);
  return isMask(bare) || isHarmless('', bare) ? undefined : hidden(text, value, hide);
}

const WHAT = String.raw`(?:api[ _-]?key|token|password|passphrase)`;
const SENTENCE = new RegExp(
  String.raw`\b(?:${WHAT}(?: (?:provided|given|used))?(?: is| was|:)|(?:invalid|incorrect|wrong|bad|expired|unknown|malformed) ${WHAT}(?: (?:provided|given|used))?)[: ]{1,3}(?=["'\w])`,
  'gi',
);

/** `Incorrect API key provided: x`, `password is x` */
export function hideRefused(text: string, hide: Hide): string {
  return edited(text, SENTENCE, (found) => {
    const value = readValue(text, found.index + found[0].length, found.index, LONGEST);
    return looksRandom(text.slice(value.from, value.to)) ? hidden(text, value, hide) : undefined;
  });
}
