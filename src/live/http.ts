// One GET, or one review of ourselves, to the API server: credentials, deadline, and the few retries that are safe.
import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Clock, Reply } from '../core/ports.ts';
import { codeOf, connectionFailure } from './connection-error.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { Budget } from './budget.ts';
import { bounded } from '../core/deadline.ts';
import { limits } from '../core/limits.ts';
import { cutShort, untilAborted } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { ReadyAgent, wasReady } from './ready-agent.ts';
import { receive, type Received } from './response.ts';

/** Everything that is needed to ask the API server. */
export type Wire = {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  /** User agent and impersonation, sent with everything. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Milliseconds for one request; 0 is no limit. */
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly budget: Budget;
};
export type Query = readonly (readonly [string, string | number | boolean | undefined])[];

const MAX_TRIES = 3;

/** What is sent: a path with its query, and the review that is posted there, if it is one. */
type Sent = {
  readonly path: string;
  readonly review?: string;
  /** Bytes that the answer may have. */
  readonly limit: number;
};

export function get(
  wire: Wire,
  path: string,
  query: Query,
  signal: AbortSignal,
  limit: number = limits.json,
): Promise<Reply<Received>> {
  return asks(wire, { path: pathAndQuery(wire, path, query), limit }, signal);
}

/** Posts a review: it changes nothing, so it is tried again like a GET. `reviews.ts` alone knows the paths. */
export function postReview(
  wire: Wire,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<Reply<Received>> {
  const review = JSON.stringify(body);
  return asks(wire, { path: pathAndQuery(wire, path, []), review, limit: limits.json }, signal);
}

/**
 * Asks and reads the whole answer, whatever its status. Waits and asks again when the server says when
 * (Retry-After with 429 or 5xx, as client-go's rest/with_retry.go), within one deadline for all tries.
 */
async function asks(wire: Wire, sent: Sent, signal: AbortSignal): Promise<Reply<Received>> {
  // The credential first: its plugin has a deadline of its own, longer than one request's.
  const credential = await wire.credentials.get(signal);
  if (!credential.ok) return credential;
  const started = wire.clock.now();
  return bounded(wire.requestTimeoutMs, signal, async (inner) => {
    for (let attempt = 1; ; attempt++) {
      const got = await authenticated(wire, sent, credential.value, inner);
      const wait = got.ok && mayRetry(got.value) ? got.value.retryAfter : undefined;
      if (wait === undefined || attempt === MAX_TRIES) return got;
      const left = wire.requestTimeoutMs - (wire.clock.now() - started);
      if (wire.requestTimeoutMs > 0 && wait * 1000 > left) return got;
      await wire.clock.sleep(wait * 1000, inner);
      if (inner.aborted) return cutShort(inner);
    }
  });
}

function mayRetry(got: Received): boolean {
  return got.status === 429 || got.status >= 500;
}

/** As a request line takes them; every value is encoded. */
export function pathAndQuery(wire: Wire, path: string, query: Query): string {
  const fields = new URLSearchParams();
  for (const [name, value] of query) if (value !== undefined) fields.append(name, String(value));
  return wire.endpoint.basePath + path + (fields.size === 0 ? '' : `?${fields.toString()}`);
}

/** Sends with the credential; after a 401 once more with a renewed one, if there can be one. */
async function authenticated(
  wire: Wire,
  sent: Sent,
  credential: Credential,
  signal: AbortSignal,
): Promise<Reply<Received>> {
  const got = await send(wire, sent, credential, signal);
  if (!got.ok || got.value.status !== 401 || !wire.credentials.renew(credential)) return got;
  const renewed = await wire.credentials.get(signal);
  return renewed.ok ? send(wire, sent, renewed.value, signal) : renewed;
}

/** What a request or a websocket upgrade takes to reach and satisfy the server. */
export function requestOptions(wire: Wire, credential: Credential) {
  const { agent, tls } = wire.endpoint;
  const authorization = credential.authorization ? { Authorization: credential.authorization } : {};
  const certificate = credential.cert ? { cert: credential.cert, key: credential.key } : {};
  return { agent, ...tls, ...certificate, headers: { ...wire.headers, ...authorization } };
}

/** Opens so many connections for the questions to come. Not through a proxy, and not where a plugin tells the certificate. */
export function makeReady(wire: Wire, count: number): void {
  const { endpoint, credentials } = wire;
  const { server, agent, tls } = endpoint;
  if (!(agent instanceof ReadyAgent) || !credentials.certificate) return;
  const { host, port } = addressOf(server);
  // As Node names the server to itself: an address is no name (lib/_http_agent.js, calculateServerName).
  const servername = tls.servername ?? (isIP(host) === 0 ? host : '');
  const options = { ...requestOptions(wire, credentials.certificate), host, servername };
  agent.open({ ...options, port: port || 443 }, count);
}

function forgetReady({ endpoint: { agent } }: Wire): void {
  if (agent instanceof ReadyAgent) agent.forget();
}

function addressOf(server: URL): { readonly host: string; readonly port: string } {
  return { host: server.hostname.replace(/^\[|\]$/g, ''), port: server.port };
}

async function send(
  wire: Wire,
  sent: Sent,
  credential: Credential,
  signal: AbortSignal,
): Promise<Reply<Received>> {
  if (signal.aborted) return cutShort(signal);
  // An aborted request that waits for its socket (a slow proxy, eight others before it) reports nothing until it
  // has one (node lib/_http_client.js, ClientRequest#destroy).
  const options = optionsFor(wire, sent, credential, signal);
  return untilAborted(exchange(wire, options, sent, signal), signal);
}

function optionsFor(
  wire: Wire,
  { path, review }: Sent,
  credential: Credential,
  signal: AbortSignal,
): RequestOptions {
  const { server, gzip } = wire.endpoint;
  const common = requestOptions(wire, credential);
  const encoding = gzip ? { 'Accept-Encoding': 'gzip' } : {};
  const content = review === undefined ? {} : { 'Content-Type': 'application/json' };
  return {
    ...common,
    headers: { ...common.headers, Accept: 'application/json, */*', ...encoding, ...content },
    // Also tells socks-proxy-agent that this is TLS; without it no connection is ever used again.
    protocol: server.protocol,
    ...addressOf(server),
    path,
    method: review === undefined ? 'GET' : 'POST',
    signal,
  };
}

/** Of an answer that says no the beginning is enough: a Status is short. */
export function refusalSize({ statusCode = 0 }: IncomingMessage): number | undefined {
  return statusCode >= 300 ? limits.refusal : undefined;
}

/** Never rejects. */
async function exchange(
  wire: Wire,
  options: RequestOptions,
  sent: Sent,
  signal: AbortSignal,
  again = true,
): Promise<Reply<Received>> {
  const begin = wire.endpoint.server.protocol === 'http:' ? request : tlsRequest;
  let req: ClientRequest | undefined;
  try {
    const asked = (req = begin(options));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve);
      asked.on('error', reject);
      asked.end(sent.review);
    });
    const room = { limit: sent.limit, budget: wire.budget, signal };
    return await receive(response, refusalSize(response), room);
  } catch (error) {
    if (signal.aborted) return cutShort(signal);
    // The server had closed a kept connection just then: https://nodejs.org/api/http.html#requestreusedsocket
    const ready = wasReady(req?.socket ?? null);
    if (again && (ready || req?.reusedSocket) && codeOf(error) === 'ECONNRESET') {
      if (ready) forgetReady(wire);
      return exchange(wire, options, sent, signal, false);
    }
    return connectionFailure(error, wire.endpoint);
  }
}
