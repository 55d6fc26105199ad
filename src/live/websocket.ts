// Websocket upgrades to a pod's subresource, over the same connection settings as every GET.
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import type WebSocket from 'ws';
import { answered, type Reply } from '../core/ports.ts';
import type { ExecQuestion, HttpQuestion, TlsQuestion } from '../core/question.ts';
import { podText } from '../core/refs.ts';
import { connectionFailure } from './connection-error.ts';
import type { Credential } from './credentials.ts';
import { cutShort } from './deadline.ts';
import { failure, isStatus, isWebPage, refusal, statusMessage, type Failure } from './failure.ts';
import { requestOptions, type Wire } from './http.ts';
import { receive, type Received } from './response.ts';

/** What makes client-node open its socket: `handler.connect(...)`, or one of its classes over the handler. */
export type Opener = (handler: WebSocketHandler) => Promise<unknown>;
type Upgrade = Reply<WebSocket> | { readonly ok: 'refused'; readonly got: Received };

/** Opens the socket, or says why the server did not upgrade. The caller terminates it. */
export async function openSocket(
  wire: Wire,
  q: HttpQuestion | TlsQuestion | ExecQuestion,
  open: Opener,
  signal: AbortSignal,
): Promise<Reply<WebSocket>> {
  const first = await wire.credentials.get(signal);
  if (!first.ok) return first;
  let upgrade = await attempt(wire, first.value, open, signal);
  if (
    upgrade.ok === 'refused' &&
    upgrade.got.status === 401 &&
    wire.credentials.renew(first.value)
  ) {
    const second = await wire.credentials.get(signal);
    if (!second.ok) return second;
    upgrade = await attempt(wire, second.value, open, signal);
  }
  return upgrade.ok === 'refused' ? notUpgraded(q, upgrade.got) : upgrade;
}

async function attempt(
  wire: Wire,
  credential: Credential,
  open: Opener,
  signal: AbortSignal,
): Promise<Upgrade> {
  const [{ WebSocketHandler: Handler }, { default: Socket }] = await Promise.all([
    import('@kubernetes/client-node/dist/web-socket-handler.js'),
    import('ws'),
  ]);
  return new Promise((resolve) => {
    const make = (uri: string, protocols: string[]): WebSocket => {
      const options = { ...requestOptions(wire, credential), perMessageDeflate: false };
      const socket = new Socket(uri, protocols, options);
      follow(socket, wire, signal, resolve);
      return socket;
    };
    const handler = new Handler(configOf(wire), make, ownStreams());
    // Its rejections are the socket's errors, which `follow` has already classified.
    open(handler).catch((error: unknown) => {
      resolve(connectionFailure(error, wire.endpoint));
    });
  });
}

/** Tells how the upgrade went, once. */
function follow(
  socket: WebSocket,
  wire: Wire,
  signal: AbortSignal,
  tell: (upgrade: Upgrade) => void,
): void {
  const cut = (): void => {
    tell(cutShort(signal));
    socket.terminate();
  };
  if (signal.aborted) setImmediate(cut);
  signal.addEventListener('abort', cut, { once: true });
  socket.once('open', () => {
    signal.removeEventListener('abort', cut);
    tell(answered(socket));
  });
  socket.once('unexpected-response', (_, response: IncomingMessage) => {
    void refused(wire, response)
      .then(tell)
      .finally(() => {
        socket.terminate();
      });
  });
  socket.once('error', (error) => {
    tell(connectionFailure(error, wire.endpoint));
  });
}

async function refused(wire: Wire, response: IncomingMessage): Promise<Upgrade> {
  try {
    const got = await receive(response);
    return got.ok ? { ok: 'refused', got: got.value } : got;
  } catch (error) {
    return connectionFailure(error, wire.endpoint);
  }
}

function notUpgraded(q: HttpQuestion | TlsQuestion | ExecQuestion, got: Received): Failure {
  if (got.status === 404 && isStatus(got)) return failure('absent', `no pod ${podText(q.pod)}`);
  if (
    got.status === 400 &&
    /upgrade/i.test(statusMessage(got) || got.body.toString('utf8', 0, 1000))
  ) {
    return failure(
      'unreachable',
      'something before the API server does not let websockets through',
    );
  }
  if (got.status === 400) return failure('absent', noProcess(q));
  if (got.status === 200 || (got.status === 404 && isWebPage(got))) {
    return failure('unreadable', 'the server answered instead of opening a websocket');
  }
  return refusal(q, got);
}

function noProcess(q: HttpQuestion | TlsQuestion | ExecQuestion): string {
  return q.ask === 'exec'
    ? `${podText(q.pod)} has no running container ${q.container}`
    : `${podText(q.pod)} is not running on a node`;
}

/** The two methods WebSocketHandler calls; loading the real class would load the whole generated client. */
export function configOf(wire: Wire): KubeConfig {
  const { server, basePath } = wire.endpoint;
  const partial = {
    getCurrentCluster: () => ({ server: `${server.protocol}//${server.host}${basePath}` }),
    applyToHTTPSOptions: () => Promise.resolve(),
  };
  return partial as unknown as KubeConfig;
}

/** Without these a peer's close message would end this process's own stdout. */
function ownStreams() {
  return { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
}
