// The `http` and `tls` questions: one GET, or one handshake, written on a port-forward into a pod.
import { request, type IncomingMessage } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { limits } from '../core/limits.ts';
import { answered, type Reply } from '../core/ports.ts';
import type { HttpAnswer, HttpQuestion, TlsAnswer, TlsQuestion } from '../core/question.ts';
import { podText } from '../core/refs.ts';
import { codeOf } from './connection-error.ts';
import { bounded } from '../core/deadline.ts';
import { cutShort } from './deadline.ts';
import { failure } from './failure.ts';
import type { Wire } from './http.ts';
import { podPath } from './path.ts';
import { Port, type Trouble } from './port.ts';
import { receive, type Room } from './response.ts';
import { openSocket } from './websocket.ts';

/** Milliseconds a process may say nothing before it counts as silent. */
const SILENCE = 3000;
/** When the caller's deadline comes before this, the silence says nothing about the process. */
const MIN_SILENCE = 1000;

type PortQuestion = HttpQuestion | TlsQuestion;
/** What both kinds of answer may be when nothing was heard. */
type Unheard = { readonly is: 'silent'; readonly waitedMs: number } | { readonly is: 'closed' };

/** Asks the process behind the port. That it says nothing, or that nothing listens, is an answer too. */
export function askPort(
  wire: Wire,
  q: HttpQuestion,
  signal: AbortSignal,
): Promise<Reply<HttpAnswer>> {
  const talk = (port: Port, own: AbortSignal) =>
    httpOver(q, port, { limit: limits.answer, budget: wire.budget, signal: own });
  return onPort<HttpAnswer>(wire, q, talk, signal);
}

/** Reads the certificates behind the port. */
export function askIdentity(
  wire: Wire,
  q: TlsQuestion,
  signal: AbortSignal,
): Promise<Reply<TlsAnswer>> {
  return onPort<TlsAnswer>(wire, q, (port) => handshakeOver(q, port), signal);
}

async function onPort<A>(
  wire: Wire,
  q: PortQuestion,
  talk: (port: Port, signal: AbortSignal) => Promise<Reply<A>>,
  signal: AbortSignal,
): Promise<Reply<A | Unheard>> {
  const socket = await bounded(wire.requestTimeoutMs, signal, (inner) =>
    openSocket(wire, q, `${podPath(q.pod, 'portforward')}?ports=${q.port}`, inner),
  );
  if (!socket.ok) return socket;
  const port = new Port(socket.value, q.port);
  try {
    return await exchange(wire, q, port, talk, signal);
  } finally {
    port.destroy();
    socket.value.terminate();
  }
}

async function exchange<A>(
  wire: Wire,
  q: PortQuestion,
  port: Port,
  talk: (port: Port, signal: AbortSignal) => Promise<Reply<A>>,
  signal: AbortSignal,
): Promise<Reply<A | Unheard>> {
  const started = wire.clock.now();
  const silent = (): Reply<Unheard> =>
    answered({ is: 'silent', waitedMs: wire.clock.now() - started });
  const silence = Math.min(SILENCE, wire.requestTimeoutMs || SILENCE);
  return bounded(wire.requestTimeoutMs, signal, async (inner) => {
    let timer: NodeJS.Timeout | undefined;
    const watch = new Promise<Reply<Unheard>>((resolve) => {
      timer = setTimeout(() => {
        if (!port.heard) resolve(silent());
      }, silence);
      inner.addEventListener('abort', () => {
        const cut = cutShort(inner);
        const enough = !signal.aborted || wire.clock.now() - started >= MIN_SILENCE;
        resolve(cut.why === 'timed-out' && !port.heard && enough ? silent() : cut);
      });
    });
    const closed = port.troubled.then((trouble) => troubled(q, trouble));
    try {
      return await Promise.race([talk(port, inner), closed, watch]);
    } finally {
      clearTimeout(timer);
    }
  });
}

/** Node's own HTTP client on the forwarded port, so that no response is parsed by hand. */
async function httpOver(q: HttpQuestion, port: Port, room: Room): Promise<Reply<HttpAnswer>> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const req = request({
        createConnection: () => port,
        method: 'GET',
        path: q.path,
        headers: { Host: `localhost:${q.port}`, Connection: 'close' },
      });
      req.once('response', resolve);
      req.on('error', reject);
      req.end();
    });
    const got = await receive(response, q.maxBytes, room);
    if (!got.ok) return got;
    return answered({
      is: 'answered',
      status: got.value.status,
      body: got.value.body.toString('utf8'),
    });
  } catch (error) {
    await turn();
    if (port.trouble) return troubled(q, port.trouble);
    const code = codeOf(error);
    if (code.startsWith('HPE_')) return failure('unreadable', `port ${q.port} does not speak HTTP`);
    return port.heard
      ? failure('unreachable', `the connection to port ${q.port} broke in the middle of the answer`)
      : failure('unreadable', `port ${q.port} closed the connection without an answer`);
  }
}

/** Nothing is verified: whether the certificates are good is what is asked. */
async function handshakeOver(q: TlsQuestion, port: Port): Promise<Reply<TlsAnswer>> {
  const tls = connectTls({ socket: port, servername: q.serverName, rejectUnauthorized: false });
  try {
    await new Promise<void>((resolve, reject) => {
      tls.once('secureConnect', resolve);
      tls.on('error', reject);
      tls.once('close', () => {
        reject(new Error('closed'));
      });
    });
    return answered({ is: 'answered', chain: presented(tls) });
  } catch {
    await turn();
    if (port.trouble) return troubled(q, port.trouble);
    // An alert, or the end of the connection: it listens, and will not say who it is.
    return answered({ is: 'refused' });
  } finally {
    tls.destroy();
  }
}

/** Each certificate names the next as its issuer; one that signed itself names itself. */
function presented(tls: TLSSocket): readonly string[] {
  const chain: Buffer[] = [];
  let next: Partial<PeerCertificate> & { issuerCertificate?: PeerCertificate } =
    tls.getPeerCertificate(true);
  while (next.raw && !chain.some((seen) => seen.equals(next.raw ?? seen))) {
    chain.push(next.raw);
    next = next.issuerCertificate ?? {};
  }
  return chain.map(pemOf);
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function troubled(q: PortQuestion, trouble: Trouble): Reply<Unheard> {
  return trouble.is === 'said' ? refusedPort(q, trouble.says) : trouble.failure;
}

/** What the kubelet wrote on the error stream; its wording comes from the container runtime. */
function refusedPort(q: PortQuestion, says: string): Reply<Unheard> {
  if (/connection refused/i.test(says)) return answered({ is: 'closed' });
  return failure('unreachable', `the node could not forward port ${q.port} of ${podText(q.pod)}`);
}
