// Asking a Prometheus: at the address that the user gave, or one of its pods through port-forward. The one of linkerd-viz
// rejects the API server's service proxy (linkerd2 viz/charts/linkerd-viz/templates/prometheus-policy.yaml), so that way is
// not used; a port-forward enters behind the proxy.
import type { Fetched } from '../../core/fact.ts';
import { failed, type Ports, type Reply } from '../../core/ports.ts';
import type { HttpAnswer, HttpQuestion, PrometheusQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from '../kube/ask.ts';
import { at, parseJson, text } from '../../model/kube/read.ts';
import { wholeItems } from './cut.ts';

export type PrometheusAt =
  | { readonly by: 'address'; readonly address: string }
  | { readonly by: 'pod'; readonly pod: PodRef; readonly container: string };

export type Page = {
  /** With its query, encoded. */
  readonly path: string;
  /** Stands for the query, if the query contains names of pods or times. */
  readonly query?: string | undefined;
  readonly maxBytes?: number | undefined;
};
export type Body = {
  /** What is under `data`; if the answer was cut, the complete items of its list. */
  readonly data: unknown;
  readonly cut: boolean;
};

/** "Prometheus linkerd-viz/prometheus-5c4d" */
export function prometheusText(where: PrometheusAt): string {
  return `Prometheus ${where.by === 'address' ? where.address : podText(where.pod)}`;
}

export async function askPrometheus<T>(
  ports: Ports,
  where: PrometheusAt,
  page: Page,
  read: (body: Body) => T | undefined,
  signal: AbortSignal,
): Promise<Fetched<T>> {
  const question = questionFor(where, page);
  const reply = readBody(await ports.ask(question, signal));
  if (!reply.ok) return failure(reply, question);
  const value = read(reply.value);
  if (value !== undefined) return { ok: true, value };
  return failure(failed('unreadable', 'the answer is not from Prometheus'), question);
}

function questionFor(where: PrometheusAt, page: Page): HttpQuestion | PrometheusQuestion {
  return where.by === 'address'
    ? { ask: 'prometheus', ...page }
    : { ask: 'http', pod: where.pod, port: 9090, ...page };
}

/** Says in words what each failed answer means. */
export function readBody(reply: Reply<HttpAnswer>): Reply<Body> {
  if (!reply.ok) return reply;
  const answer = reply.value;
  if (answer.is === 'silent')
    return failed('timed-out', 'it accepts the connection but does not answer');
  if (answer.is === 'closed') return failed('unreachable', 'nothing listens on port 9090');
  const { status, body } = answer;
  if (status === 401) return failed('unauthenticated', 'it asks for credentials (401)');
  if (status === 403) return failed('forbidden', 'it denies access (403)');
  if (status === 404) {
    return failed('unreadable', 'no such page (404): it may be served behind a path prefix');
  }
  return parseBody(status, body);
}

function parseBody(status: number, body: string): Reply<Body> {
  const parsed = parseJson(body);
  if (parsed === undefined) {
    const items = status === 200 ? wholeItems(body) : undefined;
    if (items !== undefined) return { ok: true, value: { data: items, cut: true } };
    return failed('unreadable', `the answer (${status}) is not JSON`);
  }
  if (text(parsed, 'status') === 'error') {
    return failed('server-error', text(parsed, 'error') ?? `status ${status}`);
  }
  const data = at(parsed, 'data');
  // "2xx codes are returned on success" (prometheus docs/querying/api.md), so with any other status the body does not count.
  if (status < 200 || status > 299) return failed('server-error', `status ${status}`);
  return text(parsed, 'status') === 'success' && data !== undefined
    ? { ok: true, value: { data, cut: false } }
    : failed('unreadable', `the answer (${status}) is not from Prometheus`);
}
