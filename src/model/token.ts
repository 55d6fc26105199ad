// When a token that a person typed is accepted, by its own claims (RFC 7519, exp and nbf). Its signature is not looked at.
import { number, parseJson } from './kube/read.ts';

export type TokenTimes = {
  /** Milliseconds since the epoch. */
  readonly expires: number | undefined;
  readonly validFrom: number | undefined;
};

const JWT = /\beyJ[\w-]*\.(eyJ[\w-]*)\.[\w-]*/;

/** Of the first token in a text; `undefined` where there is none. */
export function tokenTimes(text: string): TokenTimes | undefined {
  const [, claims] = JWT.exec(text) ?? [];
  if (claims === undefined) return undefined;
  const read = parseJson(Buffer.from(claims, 'base64url').toString('utf8'));
  return { expires: moment(number(read, 'exp')), validFrom: moment(number(read, 'nbf')) };
}

/** The largest time that a date can hold (ECMA-262, Time Values). */
const LAST = 8.64e15;

function moment(seconds: number | undefined): number | undefined {
  const ms = seconds === undefined ? NaN : seconds * 1000;
  return Math.abs(ms) <= LAST ? ms : undefined;
}
