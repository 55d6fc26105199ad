/**
 * The process of a container `linkerd-proxy` in the lab: its admin port 4191, in the clear and in TLS as upstream's,
 * with figures that it makes up. It does not carry any traffic, and says so in its first line.
 */
import { readFileSync, statSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { join } from 'node:path';
import { admits, isLoopback, type Admission } from './proxy-policy.ts';
import { certify, localName, type Leaf } from './proxy-identity.ts';
import { info, say } from './proxy-log.ts';
import { ADMIN_PORT, metricsText, type Self } from './proxy-metrics.ts';
import { STEERING_DIR, STEERING_FILE, type Steering, type Stream, type Tls } from './steering.ts';
import { usualTraffic } from './traffic.ts';

const HANDSHAKE = 0x16;
const env = process.env;

const self: Self = {
  ip: env['_pod_ip'] ?? '',
  namespace: env['_pod_ns'] ?? '',
  version: process.argv[2] ?? '',
  defaultPolicy: env['LINKERD2_PROXY_INBOUND_DEFAULT_POLICY'] ?? 'all-unauthenticated',
  startedAt: new Date(),
};

let leaf: Leaf | undefined;
let certifiedAt = 0;
let failures = 0;
let steering: Steering = {};
let steeringChanged = 0;
const printed = new Set<string>();
/** Scrapes are traffic too: the proxy counts what its own admin port answers. */
const scrapes = new Map<string, { tls: Tls; count: number }>();

function readSteering(): void {
  const file = join(STEERING_DIR, STEERING_FILE);
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed === steeringChanged) return;
  steeringChanged = changed;
  steering = changed === 0 ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Steering);
  for (const line of steering.log ?? []) {
    const key = JSON.stringify(line);
    if (!printed.has(key)) say(line);
    printed.add(key);
  }
}

const isReady = (): boolean => steering.ready ?? leaf !== undefined;

function traffic(): { stream: Stream; count: number }[] {
  const seconds = (Date.now() - self.startedAt.getTime()) / 1000;
  const streams = steering.traffic ?? usualTraffic(env);
  const counted = streams.map((stream) => ({
    stream,
    count: stream.rate === 0 ? 1 : 1 + Math.floor(seconds * stream.rate),
  }));
  const admin = [...scrapes.values()].map(({ tls, count }) => ({
    stream: { direction: 'inbound', protocol: 'http', port: ADMIN_PORT, tls, rate: 0 } as const,
    count,
  }));
  return [...admin, ...counted];
}

function metrics(): string {
  const served = steering.leaf ? undefined : leaf;
  const certified = { until: served?.until ?? 0, since: certifiedAt, failed: failures };
  return metricsText(self, traffic(), certified, steering.without) + (steering.text ?? '');
}

function answer(response: ServerResponse, code: number, body: string, type = 'text/plain'): void {
  response.writeHead(code, body === '' ? { 'content-length': 0 } : { 'content-type': type });
  response.end(body);
}

async function verdictOn({ socket }: IncomingMessage): Promise<Admission> {
  const from = socket.remoteAddress ?? '';
  if (steering.admin === 'denied-to-all') return { is: 'denied' };
  if (steering.admin === 'denied') return { is: isLoopback(from) ? 'allowed' : 'denied' };
  return admits(from, self);
}

async function serveMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (steering.admin === 'silent') return;
  if ((await verdictOn(request)).is === 'denied') return answer(response, 403, '');
  const tls: Tls = { is: 'no_identity', reason: 'no_tls_from_remote' };
  const key = JSON.stringify(tls);
  scrapes.set(key, { tls, count: (scrapes.get(key)?.count ?? 0) + 1 });
  answer(response, 200, metrics());
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  readSteering();
  const { pathname } = new URL(request.url ?? '/', 'http://proxy');
  if (pathname === '/metrics') void serveMetrics(request, response);
  else if (pathname === '/live') answer(response, 200, 'live\n');
  else if (pathname === '/ready') {
    answer(response, isReady() ? 200 : 503, isReady() ? 'ready\n' : 'not ready\n');
  } else if (pathname === '/env.json') {
    answer(response, 200, JSON.stringify(env), 'application/json');
  } else answer(response, 404, '');
}

const plain = createHttp(handle);
const secure = createHttps(
  {
    requestCert: true,
    rejectUnauthorized: false,
    // A name that is not its own is somebody else's TLS to the real one, and is not terminated.
    SNICallback: (name, done) => {
      readSteering();
      const served = steering.leaf ?? leaf;
      if (name !== localName() || !served) return done(new Error('unexpected SNI'));
      done(null, createSecureContext({ cert: served.chain, key: served.key }));
    },
  },
  handle,
);
secure.on('tlsClientError', (_error, socket) => void socket.destroy());

function accept(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.once('data', (first) => {
    socket.pause();
    socket.unshift(first);
    (first[0] === HANDSHAKE ? secure : plain).emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}

async function main(): Promise<void> {
  const main = 'linkerd2_proxy';
  info(
    main,
    'release 0.0.0-lab (29637b64f) by the fake proxy of meshdoc, which carries no traffic',
  );
  createServer(accept).listen(ADMIN_PORT, '0.0.0.0');
  info(main, `Admin interface on 0.0.0.0:${ADMIN_PORT}`);
  info(main, 'Inbound interface on 0.0.0.0:4143');
  info(main, 'Outbound interface on 127.0.0.1:4140');
  info(main, `Local identity is ${localName()}`);
  readSteering();
  setInterval(readSteering, 250);
  leaf = await certify(() => (failures += 1));
  certifiedAt = Math.floor(Date.now() / 1000);
}

process.on('SIGTERM', () => process.exit(0));
void main();
