// The rules for text: logs, metrics, what tools print, and every string inside a tree. Each rule keeps the
// name of what it hides. They run until nothing changes, which is what makes guarding twice the same.
import {
  hideDirectives,
  hideFlags,
  hideLetterFlags,
  hidePutty,
  hideRedis,
  hideSetHeaders,
} from './arguments.ts';
import {
  CODE_SIGNS,
  hideComparisons,
  hideGoLists,
  hideHashes,
  hideMembers,
  hideMessages,
  hideTuples,
} from './code.ts';
import type { Hide } from './edit.ts';
import { hideHeaders, hideSchemes } from './headers.ts';
import { SECRET_WORDS } from './names.ts';
import { hideAnchors, hideCdata, hideExplicit, hideRefused, hideTriples } from './notations.ts';
import { hideElements, hideNamed, hidePairs } from './pairs.ts';
import { hideBlobs, hideJwt, hidePem } from './scan.ts';
import { hideShapes, SHAPE_SIGNS } from './shapes.ts';
import { isMask, type Tokens } from './tokens.ts';
import {
  hideDriverAddresses,
  hideEncoded,
  hideForms,
  hideMatrix,
  hideQueries,
  hideUserInfo,
} from './urls.ts';

export type Scrub = (text: string) => string;
type Rule = (text: string, hide: Hide) => string;

const RULES: readonly Rule[] = [
  hidePem,
  hidePutty,
  hideUserInfo,
  hideDriverAddresses,
  hideAnchors,
  hideTriples,
  hideCdata,
  hideExplicit,
  hideRefused,
  hideComparisons,
  hideGoLists,
  hideTuples,
  hideMessages,
  hideMembers,
  hideHashes,
  hideHeaders,
  hideNamed,
  hidePairs,
  hideElements,
  hideFlags,
  hideLetterFlags,
  hideDirectives,
  hideRedis,
  hideSetHeaders,
  hideSchemes,
  hideQueries,
  hideForms,
  hideMatrix,
  hideJwt,
  hideShapes,
];

/** Signs of rules whose names are not in the list of words: addresses, schemes, forms, flags of one letter, base64. */
const SIGNS = [
  'api[ _-]?key',
  'authorization|cookie|bearer|basic|ssws|auth|identified|private|eyJ',
  String.raw`:\/\/|jdbc:oracle|:[^\s@]{1,400}@`,
  String.raw`[?&;#][\w%-][^\s=]{0,127}=|[\w/]\?[\w.~+-]{16}|u0026|%[0-9A-F]{2}`,
  String.raw`-[a-z]{0,8}[uapwbkx](?:[ \t=]|\S)|htpasswd|rabbitmqctl|user[ \t]|--user|--login|--proxy-user|--basic`,
  String.raw`\[hidden #|[\w+/-]{40}`,
];

/** Cheap: a text in which this finds nothing holds nothing that a rule could find. */
const SUSPECT = new RegExp([SECRET_WORDS, ...SIGNS, ...CODE_SIGNS, ...SHAPE_SIGNS].join('|'), 'i');

/** Rounds until a text stays as it is. Two suffice for anything real; each shortens what is left to find. */
const ROUNDS = 6;
/** How deep base64 in base64, and percent-encoding in percent-encoding, is looked into. */
const LAYERS = 2;

export function createScrub(tokens: Tokens): Scrub {
  const hide = (value: string) => tokens.hide(value);
  const clean = new Set<string>();
  return (text) => {
    if (!isSuspect(text) || clean.has(text)) return text;
    tokens.reserve(text);
    const safe = settle(text, hide);
    // Dumps repeat themselves; strings that were found clean need not be read again.
    if (safe === text && text.length < 256) {
      if (clean.size > 20_000) clean.clear();
      clean.add(text);
    }
    return safe;
  };
}

export function isSuspect(text: string): boolean {
  return SUSPECT.test(text);
}

/** What the rules make of a text, whether it looks suspect or not. */
export function applyRules(text: string, hide: Hide): string {
  return RULES.reduce((current, rule) => rule(current, hide), text);
}

function settle(text: string, hide: Hide): string {
  let current = text;
  for (let round = 0; round < ROUNDS; round++) {
    const next = once(current, hide, LAYERS);
    if (next === current) break;
    current = next;
  }
  return current;
}

function once(text: string, hide: Hide, layers: number): string {
  if (!isSuspect(text)) return text;
  const safe = applyRules(text, hide);
  if (layers === 0) return safe;
  const plain = hideEncoded(safe, (decoded) => once(decoded, hide, layers - 1));
  return hideBlobs(
    plain,
    hide,
    (decoded) => once(decoded, (value) => (isMask(value) ? value : ''), layers - 1) !== decoded,
  );
}
