/**
 * The process of the other containers of Linkerd in the lab; its argument is the container's name. It serves the ports
 * that upstream's program of that name serves, as far as anything in the lab asks there.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { countersText } from './counters.ts';
import { review, type Review } from './webhooks.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const container = process.argv[2] ?? '';
const TLS = '/var/run/linkerd/tls';

/** linkerd2 charts/linkerd-control-plane and viz/charts/linkerd-viz. */
const ADMIN: Readonly<Record<string, number>> = {
  identity: 9990,
  destination: 9996,
  'sp-validator': 9997,
  policy: 9990,
  'proxy-injector': 9995,
  'metrics-api': 9995,
  tap: 9998,
  'tap-injector': 9995,
  web: 9994,
};
const WEBHOOK: Readonly<Record<string, number>> = {
  'sp-validator': 8443,
  policy: 9443,
  'proxy-injector': 8443,
  'tap-injector': 8443,
};
/** The rest speak gRPC upstream; here they answer nothing but a connection. */
const PLAIN: Readonly<Record<string, number>> = { 'metrics-api': 8085, web: 8084 };

const body = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => resolve(text));
  });

const json = (response: ServerResponse, value: object): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};

function failed(response: ServerResponse, error: unknown): void {
  process.stdout.write(`${String(error)}\n`);
  response.statusCode = 500;
  response.end();
}

const admin =
  (more: () => string): Handler =>
  (request, response) => {
    const path = request.url ?? '/';
    if (path === '/metrics') response.end(countersText() + more());
    else if (['/ready', '/live', '/ping'].includes(path))
      response.end(path === '/ping' ? 'pong\n' : 'ok\n');
    else {
      response.statusCode = 404;
      response.end();
    }
  };

/** Discovery of the tap API: enough for the APIService to be available and for kubectl to be quick. */
const tapApi: Handler = (_request, response) =>
  json(response, {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'tap.linkerd.io/v1alpha1',
    resources: [],
  });

const webhook: Handler = (request, response) => {
  void body(request)
    .then((text) => review(container, JSON.parse(text) as Review))
    .then(
      (answer) => json(response, answer),
      (error: unknown) => failed(response, error),
    );
};

function secure(port: number, handler: Handler): void {
  const pair = { cert: readFileSync(`${TLS}/tls.crt`), key: readFileSync(`${TLS}/tls.key`) };
  const server = createHttps(pair, handler);
  // As upstream's (linkerd2 controller/webhook/server.go), it never ends an idle connection: Node's five seconds would
  // cut the API server off in the middle of a call now and then, and a webhook that fails open lets the pod go bare.
  server.keepAliveTimeout = 0;
  server.listen(port, '0.0.0.0');
}

async function main(): Promise<void> {
  process.stdout.write(`the fake ${container} of meshdoc's lab\n`);
  let more = (): string => '';
  if (container === 'identity') {
    const { certify, identityMetrics } = await import('./identity-server.ts');
    more = identityMetrics;
    createServer(certify).listen(8080, '0.0.0.0');
  }
  if (container === 'policy') {
    const { answerAdmin } = await import('./policy-server.ts');
    createServer((request, response) => {
      answerAdmin(request.url ?? '/').then(
        (verdict) => json(response, verdict),
        (error: unknown) => failed(response, error),
      );
    }).listen(8090, '0.0.0.0');
  }
  const [plain, hook] = [PLAIN[container], WEBHOOK[container]];
  if (plain !== undefined) createServer((_, response) => response.end()).listen(plain, '0.0.0.0');
  if (hook !== undefined) secure(hook, webhook);
  if (container === 'tap') secure(8089, tapApi);
  createServer(admin(more)).listen(ADMIN[container] ?? 9990, '0.0.0.0');
}

process.on('SIGTERM', () => process.exit(0));
void main();
