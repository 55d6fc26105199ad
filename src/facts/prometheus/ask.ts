// Asking a Prometheus: the one whose address the user gave, or a pod of one through port-forward. linkerd-viz's refuses
// the API server's service proxy (linkerd2 viz/charts/linkerd-viz/templates/prometheus-policy.yaml), so that road is not
// taken; a port-forward enters behind the proxy.
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
  /** A word for the query, where the query has names of pods or times in it. */
  readonly query?: string | undefined;
  readonly maxBytes?: number | undefined;
};
export type Body = {
  /** What stands under `data`; of an answer that was cut, the list's whole items. */
  readonly data: unknown;
  readonly cut: boolean;
};

/** "the Prometheus linkerd-viz/prometheus-5c4d" */
export function prometheusText(where: PrometheusAt): string {
  return `Prometheus ${where.by === 'address' ? where.address : podText(where.pod)}`;
}

/** `listKey` names the list under `data` whose whole items are kept of an answer that is too long. */
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
  return failure(failed('unreadable', 'the answer is not one of Prometheus'), question);
}

function questionFor(where: PrometheusAt, page: Page): HttpQuestion | PrometheusQuestion {
  return where.by === 'address'
    ? { ask: 'prometheus', ...page }
    : { ask: 'http', pod: where.pod, port: 9090, ...page };
}

/** What each way not to answer means, in words. */
export function readBody(reply: Reply<HttpAnswer>): Reply<Body> {
  if (!reply.ok) return reply;
  const answer = reply.value;
  if (answer.is === 'silent') return failed('timed-out', 'it takes the connection and is silent');
  if (answer.is === 'closed') return failed('unreachable', 'nothing listens at port 9090');
  const { status, body } = answer;
  if (status === 401) return failed('unauthenticated', 'it asks for credentials (401)');
  if (status === 403) return failed('forbidden', 'it refuses us (403)');
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
  // "2xx codes are returned on success" (prometheus docs/querying/api.md): what stands in between has no say in the body.
  if (status < 200 || status > 299) return failed('server-error', `status ${status}`);
  return text(parsed, 'status') === 'success' && data !== undefined
    ? { ok: true, value: { data, cut: false } }
    : failed('unreadable', `the answer (${status}) is not one of Prometheus`);
}
