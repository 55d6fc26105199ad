// Secrets for the tests, put together at run time so that no scanner takes this repository for a leak.
import type { AnswerTo, Question } from '../../src/core/question.ts';
import type { KubeObject } from '../../src/core/object.ts';
import { answered, type Reply } from '../../src/core/ports.ts';
import { guard } from '../../src/guard/guard.ts';
import { Raw, type RawAsk } from '../../src/guard/raw.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const b64url = (text: string) => Buffer.from(text).toString('base64url');

export const CANARY = ['c4n4ry', 'Zq8', 'Vw2', 'Lk9', 'Rt5'].join('');
export const KEY_BODY = b64(`0\x82\x04\xbe${CANARY.repeat(12)}`);
export const PEM_KEY = pem('PRIVATE KEY', KEY_BODY);
export const PEM_CERT = pem('CERTIFICATE', b64(`public ${'certificate '.repeat(12)}`));
export const JWT = [b64url('{"alg":"RS256"}'), b64url(`{"sub":"${CANARY}"}`), b64url(CANARY)].join(
  '.',
);

export function pem(what: string, body: string): string {
  const lines = body.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${what}-----`, ...lines, `-----END ${what}-----`].join('\n');
}

/** Every form in which the canary could be read back. */
export const CANARY_FORMS = [
  CANARY,
  b64(CANARY).slice(0, 20),
  JWT,
  KEY_BODY.slice(0, 40),
  ...shifted(),
];

function shifted(): readonly string[] {
  return [1, 2].map((shift) => b64('x'.repeat(shift) + CANARY).slice(4, 22));
}

export const POD = { namespace: 'shop', name: 'web-5c4' };
export const never = new AbortController().signal;

/** Asks through a guard whose adapter has one answer. */
export async function through<Q extends Question>(
  question: Q,
  value: AnswerTo<Q>,
): Promise<AnswerTo<Q>> {
  const reply = await guard(always(value))(question, never);
  if (!reply.ok) throw new Error(`refused: ${reply.detail}`);
  return reply.value;
}

export function always(value: unknown): RawAsk {
  return <Q extends Question>(): Promise<Reply<Raw<AnswerTo<Q>>>> =>
    Promise.resolve(answered(new Raw(value as AnswerTo<Q>)));
}

export const LOGS = { ask: 'logs', pod: POD, container: 'istio-proxy', tailLines: 100 } as const;
export const DUMP = { ask: 'http', pod: POD, port: 15000, path: '/config_dump' } as const;
export const STATUS = {
  ask: 'tool',
  tool: 'istioctl',
  args: ['proxy-status', '-o', 'json'],
} as const;

export async function text(line: string): Promise<string> {
  return (await through(LOGS, line.split('\n'))).join('\n');
}

export async function json(value: unknown): Promise<unknown> {
  const reply = await through(DUMP, { is: 'answered', status: 200, body: JSON.stringify(value) });
  return reply.is === 'answered' ? JSON.parse(reply.body) : reply;
}

export async function object(kind: string, rest: Record<string, unknown>): Promise<KubeObject> {
  const resource = { group: 'test', version: 'v1', plural: 'things', kind, namespaced: true };
  const value = { apiVersion: 'v1', kind, metadata: { name: 'x' }, ...rest } as KubeObject;
  return through({ ask: 'get', ref: { resource, namespace: 'shop', name: 'x' } }, value);
}
