// Websocket upgrades to a pod's subresource, over the same connection settings as every GET. The frames are read here:
// client-node's classes throw from an event handler at a frame that is empty or of a channel they do not know.
import type { IncomingMessage } from 'node:http';
import type WebSocket from 'ws';
import { limits } from '../core/limits.ts';
import { answered, type Failure, type Reply } from '../core/ports.ts';
import type { ExecQuestion, HttpQuestion, TlsQuestion } from '../core/question.ts';
import { podText } from '../core/refs.ts';
import { tooLarge } from './budget.ts';
import { codeOf, connectionFailure } from './connection-error.ts';
import type { Credential } from './credentials.ts';
import { cutShort } from './deadline.ts';
import { failure, isOwnNotFound, refusal, statusMessage } from './failure.ts';
import { requestOptions, type Wire } from './http.ts';
import { isWebPage } from './json.ts';
import { receive, type Received } from './response.ts';

/** Loads what an upgrade takes, while nothing else is to be done. */
export function preload(): void {
  void import('ws');
}

type Upgrade = Reply<WebSocket> | { readonly ok: 'refused'; readonly got: Received };

/** Binary frames that begin with the number of their channel (apimachinery pkg/util/remotecommand, kubelet cri/streaming). */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** Opens the socket, or says why the server did not upgrade. The caller terminates it. */
export async function openSocket(
  wire: Wire,
  q: HttpQuestion | TlsQuestion | ExecQuestion,
  path: string,
  signal: AbortSignal,
): Promise<Reply<WebSocket>> {
  const first = await wire.credentials.get(signal);
  if (!first.ok) return first;
  let upgrade = await attempt(wire, first.value, path, signal);
  if (
    upgrade.ok === 'refused' &&
    upgrade.got.status === 401 &&
    wire.credentials.renew(first.value)
  ) {
    const second = await wire.credentials.get(signal);
    if (!second.ok) return second;
    upgrade = await attempt(wire, second.value, path, signal);
  }
  return upgrade.ok === 'refused' ? notUpgraded(q, upgrade.got) : upgrade;
}

async function attempt(
  wire: Wire,
  credential: Credential,
  path: string,
  signal: AbortSignal,
): Promise<Upgrade> {
  const { default: Socket } = await import('ws');
  if (signal.aborted) return cutShort(signal);
  const { server, basePath } = wire.endpoint;
  const scheme = server.protocol === 'http:' ? 'ws' : 'wss';
  return new Promise((resolve) => {
    try {
      const socket = new Socket(`${scheme}://${server.host}${basePath}${path}`, PROTOCOLS, {
        ...requestOptions(wire, credential),
        perMessageDeflate: false,
        maxPayload: limits.frame,
        maxBufferedChunks: limits.framePieces,
      });
      follow(socket, wire, signal, resolve);
    } catch (error) {
      resolve(connectionFailure(error, wire.endpoint));
    }
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
  signal.addEventListener('abort', cut, { once: true });
  const over = (upgrade: Upgrade): void => {
    signal.removeEventListener('abort', cut);
    tell(upgrade);
  };
  socket.once('open', () => {
    // Nothing is lost: frames that came with the upgrade wait until whoever listens for them resumes.
    socket.pause();
    over(answered(socket));
  });
  socket.once('unexpected-response', (_, response: IncomingMessage) => {
    void refused(wire, response, signal)
      .then(over)
      .finally(() => {
        socket.terminate();
      });
  });
  // For as long as the socket lives: a second one that nobody heard would end this process.
  socket.on('error', (error) => {
    over(connectionFailure(error, wire.endpoint));
  });
}

async function refused(
  wire: Wire,
  response: IncomingMessage,
  signal: AbortSignal,
): Promise<Upgrade> {
  try {
    const room = { limit: limits.refusal, budget: wire.budget, signal };
    const got = await receive(response, limits.refusal, room);
    return got.ok ? { ok: 'refused', got: got.value } : got;
  } catch (error) {
    return connectionFailure(error, wire.endpoint);
  }
}

/** One frame: its channel and its bytes. */
export type Frame = { readonly channel: number; readonly data: Buffer };

/**
 * Hands over each frame, and `undefined` for the first that is none: text, or nothing at all. Begins the reading of a
 * socket that `openSocket` has given.
 */
export function readFrames(socket: WebSocket, take: (frame: Frame | undefined) => void): void {
  const read = (message: WebSocket.RawData, binary: boolean): void => {
    const bytes = binary && Buffer.isBuffer(message) && message.length > 0 ? message : undefined;
    if (bytes === undefined) socket.off('message', read);
    take(bytes && { channel: bytes.readUInt8(0), data: bytes.subarray(1) });
  };
  socket.on('message', read);
  socket.resume();
}

/** What came is no frame of a channel that there is. */
export function notSpoken(): Failure {
  return failure('unreadable', 'the websocket does not carry the channels that were asked for');
}

/** A message that is too long, or bytes that are no websocket's (the codes of ws). */
export function brokenSocket(error: Error): Failure {
  const code = codeOf(error);
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return tooLarge(limits.frame);
  return code.startsWith('WS_ERR_')
    ? failure('unreadable', `the websocket was broken off (${code})`)
    : failure('unreachable', 'the websocket broke off');
}

function notUpgraded(q: HttpQuestion | TlsQuestion | ExecQuestion, got: Received): Failure {
  if (got.status === 404 && isOwnNotFound(got))
    return failure('absent', `no pod ${podText(q.pod)}`);
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
