// JSON from elsewhere: its size is known before it is parsed, for parsing cannot be stopped.
import { measureJson, sizeProblem } from '../core/json-size.ts';
import { limits } from '../core/limits.ts';
import { tooLarge } from './budget.ts';
import { answered, failed, type Failure, type Reply } from '../core/ports.ts';
import type { Received } from './response.ts';

const NOT_JSON = 'it is not JSON';

/** Never throws. Too large, too deep and no JSON at all are `unreadable`. */
export function parseJson(body: Buffer): Reply<unknown> {
  if (body.length > limits.json) return tooLarge(limits.json, body.length);
  const text = body.toString('utf8');
  const problem = sizeProblem(measureJson(text));
  if (problem !== undefined) return failed('unreadable', `too large: ${problem}`);
  try {
    return answered(JSON.parse(text) as unknown);
  } catch {
    return failed('unreadable', NOT_JSON);
  }
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
