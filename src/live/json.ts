// JSON from elsewhere: its size is known before it is parsed, for parsing cannot be stopped.
import { limits } from '../core/limits.ts';
import { tooLarge } from './budget.ts';
import { answered, failed, type Reply } from '../core/ports.ts';
import type { Failure } from './failure.ts';
import type { Received } from './response.ts';

const NOT_JSON = 'it is not JSON';
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Never throws. Too large, too deep and no JSON at all are `unreadable`. */
export function parseJson(body: Buffer): Reply<unknown> {
  if (body.length > limits.json) return tooLarge(limits.json, body.length);
  const { values, depth } = measure(body);
  if (values > limits.jsonValues)
    return failed('unreadable', `too large: it has more than ${limits.jsonValues} values`);
  if (depth > limits.jsonDepth)
    return failed('unreadable', `it is nested more than ${limits.jsonDepth} levels deep`);
  try {
    return answered(JSON.parse(body.toString('utf8')) as unknown);
  } catch {
    return failed('unreadable', NOT_JSON);
  }
}

/** One pass over the bytes: the marks of JSON are ASCII, and no byte of another character in UTF-8 is. */
function measure(body: Buffer): { readonly values: number; readonly depth: number } {
  let [values, depth, deepest] = [1, 0, 0];
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
      continue;
    }
    if (byte === QUOTE) quoted = true;
    else if (byte === COMMA || byte === COLON) values++;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) deepest = Math.max(deepest, ++depth);
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (deepest > limits.jsonDepth || values > limits.jsonValues) break;
  }
  return { values, depth: deepest };
}

/** The JSON object that an answer of the API has; `expected` names it: "a Pod". */
export function jsonObject(got: Received, expected: string): Reply<Fields> {
  if (isWebPage(got)) {
    const page = `a web page came instead of ${expected}: a proxy or a login page in between?`;
    return failed('unreadable', page);
  }
  if (!/^application\/(?:[\w.-]+\+)?json\b/.test(got.type)) return notThat(expected);
  const parsed = parseJson(got.body);
  if (!parsed.ok) return parsed.detail === NOT_JSON ? notThat(expected) : parsed;
  return isFields(parsed.value) ? answered(parsed.value) : notThat(expected);
}

function notThat(expected: string): Failure {
  return failed('unreadable', `the answer is not ${expected}`);
}

/** An HTML page instead of the API: a captive portal, a login page or a proxy's error. */
export function isWebPage(got: Received): boolean {
  return got.type.startsWith('text/html');
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
