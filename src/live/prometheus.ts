// The `prometheus` question: one GET to the server that the user named. The kubeconfig's credentials are not its own, so
// it gets none of them: user information in the URL, or a bearer token from the environment.
import { request, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { bounded } from '../core/deadline.ts';
import { limits } from '../core/limits.ts';
import { answered, type Reply } from '../core/ports.ts';
import type { HttpAnswer, PrometheusQuestion } from '../core/question.ts';
import { connectionFailure } from './connection-error.ts';
import type { Budget } from './budget.ts';
import { cutShort } from './deadline.ts';
import { makeEndpoint, type Endpoint } from './endpoint.ts';
import { failure } from './failure.ts';
import { isFields, isWebPage, parseJson } from './json.ts';
import type { Found } from './kubeconfig.ts';
import type { LiveOptions } from './options.ts';
import { receive, type Received, type Room } from './response.ts';

export type AskPrometheus = (
  q: PrometheusQuestion,
  signal: AbortSignal,
) => Promise<Reply<HttpAnswer>>;

/** Names the variable, so that the token is on no command line. */
const tokenVariable = 'MESHDOC_PROMETHEUS_TOKEN';

export async function prometheusOf(
  o: LiveOptions,
  budget: Budget,
  closed: AbortSignal,
): Promise<Found<AskPrometheus>> {
  const { prometheus: address, env, requestTimeoutMs } = o;
  if (address === undefined) return { ok: true, value: () => Promise.resolve(noAddress()) };
  const server = URL.canParse(address) ? new URL(address) : undefined;
  if (!server || !/^https?:$/.test(server.protocol)) {
    const says = '--prometheus takes a URL, such as http://prometheus.monitoring:9090';
    return { ok: false, says };
  }
  const settings = { server, proxyUrl: undefined, tls: {}, gzip: false, env, closed };
  const endpoint = await makeEndpoint(settings);
  const authorization = authorizationOf(server, env[tokenVariable]);
  return {
    ok: true,
    value: (q, signal) =>
      bounded(requestTimeoutMs, signal, (own) =>
        exchange(endpoint, authorization, q, {
          limit: limits.answer,
          budget,
          signal: own,
        }),
      ),
  };
}

function noAddress(): Reply<never> {
  return failure('refused', 'no address of a Prometheus was given (--prometheus)');
}

function authorizationOf(
  { username, password }: URL,
  token: string | undefined,
): string | undefined {
  if (username !== '') {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return token ? `Bearer ${token}` : undefined;
}

async function exchange(
  endpoint: Endpoint,
  authorization: string | undefined,
  q: PrometheusQuestion,
  room: Room,
): Promise<Reply<HttpAnswer>> {
  const { signal } = room;
  const { server, basePath, agent, tls } = endpoint;
  const begin = server.protocol === 'http:' ? request : tlsRequest;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = begin({
        ...{ agent, ...tls, signal, method: 'GET', protocol: server.protocol, port: server.port },
        host: server.hostname.replace(/^\[|\]$/g, ''),
        path: basePath + q.path,
        headers: {
          Accept: 'application/json',
          ...(authorization === undefined ? {} : { Authorization: authorization }),
        },
      });
      sent.once('response', resolve);
      sent.on('error', reject);
      sent.end();
    });
    const got = await receive(response, q.maxBytes, room);
    if (!got.ok) return got;
    const { status, body } = got.value;
    if (status === 200 && !isPrometheus(got.value, q.maxBytes))
      return failure('unreadable', 'the answer is not one of Prometheus');
    return answered({ is: 'answered', status, body: body.toString('utf8') });
  } catch (error) {
    return signal.aborted
      ? cutShort(signal)
      : connectionFailure(error, endpoint, 'a CA that this machine trusts');
  }
}

/**
 * An envelope with its status (https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview). Of what was cut
 * only whoever asked can tell.
 */
function isPrometheus(got: Received, maxBytes = Infinity): boolean {
  if (isWebPage(got)) return false;
  if (got.body.length > limits.json || got.body.length >= maxBytes - 1) return true;
  const parsed = parseJson(got.body);
  if (!parsed.ok || !isFields(parsed.value)) return false;
  const { status } = parsed.value;
  return status === 'success' || status === 'error';
}
