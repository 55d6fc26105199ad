// A fake API server on loopback: real TLS, real websockets, plain objects; it records all that is asked of it.
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable, type Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { certificate, type Certificate } from './certificate.ts';
import { bodyOf, reviewAnswer, type FakeReviews } from './reviews.ts';
import { answerFrom, status, type FakeObject } from './store.ts';
import { playExec, playPort, type FakeExec, type FakePort } from './streams.ts';

export type Recorded = {
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Every value of headers that were sent more than once. */
  readonly distinct: NodeJS.Dict<string[]>;
  /** Whether a websocket was asked for. */
  readonly upgrade: boolean;
};

/** Misbehaviour, or an answer of its own. */
export type Fault =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Sent as fast as it is read, and made while it is sent: for answers of any size. */
  | {
      readonly stream: () => Iterable<string | Buffer>;
      readonly headers: Readonly<Record<string, string>>;
    }
  | 'hang'
  | 'reset'
  | 'reset-mid-body'
  | 'hang-mid-body';

export type FakeOptions = {
  readonly objects?: readonly FakeObject[];
  /** Served without having an object: `v1/pods`, `networking.istio.io/v1/gateways`. */
  readonly resources?: readonly string[];
  /** `namespace/pod/container` to the text of its log. */
  readonly logs?: Readonly<Record<string, string>>;
  /** `namespace/pod:port` to what is behind it. */
  readonly ports?: Readonly<Record<string, FakePort>>;
  readonly exec?: (argv: readonly string[], pod: string, container: string) => FakeExec;
  /** Decides before anything else; `undefined` lets the request pass. */
  readonly fault?: (asked: Recorded) => Fault | undefined;
  /** Whom it takes us for, and what it lets us do. */
  readonly reviews?: FakeReviews;
  /** What it says of itself. */
  readonly gitVersion?: string;
  /** Milliseconds its clock is ahead of ours. */
  readonly ahead?: number;
  /** Request a client certificate and record whether there is one. */
  readonly clientCertificates?: boolean;
};

export class FakeApiServer {
  readonly requests: Recorded[] = [];
  /** TLS connections accepted so far. */
  connections = 0;
  /** Subjects of the client certificates seen. */
  readonly clients: string[] = [];
  readonly #options: FakeOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upgrades = new WebSocketServer({ noServer: true, handleProtocols: chooseProtocol });
  readonly ca: string;

  private constructor(options: FakeOptions, pair: Certificate) {
    this.#options = options;
    this.ca = pair.cert;
    this.#server = createServer({
      ...pair,
      requestCert: options.clientCertificates === true,
      rejectUnauthorized: false,
    });
    this.#server.on('request', (req, res) => {
      this.#serve(req, res);
    });
    this.#server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(req, socket, head);
    });
    this.#server.on('secureConnection', (socket) => {
      this.connections++;
      const subject = socket.getPeerCertificate().subject as { CN?: string } | undefined;
      if (subject?.CN) this.clients.push(subject.CN);
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: FakeOptions = {}): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options, await certificate());
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Connections open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Ends every connection, and listens on. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #record(req: IncomingMessage, upgrade: boolean): [Recorded, URL] {
    const url = new URL(req.url ?? '/', this.url);
    const recorded = {
      verb: req.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: req.headers,
      distinct: req.headersDistinct,
      upgrade,
    };
    this.requests.push(recorded);
    return [recorded, url];
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    const [recorded, url] = this.#record(req, false);
    const fault = this.#options.fault?.(recorded);
    if (fault) {
      misbehave(fault, res);
      return;
    }
    if (this.#options.ahead !== undefined)
      res.setHeader('Date', new Date(Date.now() + this.#options.ahead).toUTCString());
    if (req.method === 'POST') {
      void this.#review(req, res);
      return;
    }
    const gzip = req.headers['accept-encoding']?.includes('gzip') === true;
    if (url.pathname === '/version') {
      send(res, 200, { gitVersion: this.#options.gitVersion ?? 'v1.33.4' }, gzip);
      return;
    }
    const log = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(url.pathname);
    if (log?.[1] && log[2]) {
      this.#log(res, log[1], log[2], url.searchParams);
      return;
    }
    const { objects = [], resources = [] } = this.#options;
    const answer = answerFrom(objects, resources, url) ?? {
      status: 404,
      text: '404 page not found\n',
    };
    send(res, answer.status, 'json' in answer ? answer.json : answer.text, gzip);
  }

  async #review(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await bodyOf(req);
    const answer = reviewAnswer(this.#options.reviews ?? {}, body);
    send(res, answer ? 201 : 404, answer ?? '404 page not found\n', false);
  }

  #log(res: ServerResponse, namespace: string, pod: string, query: URLSearchParams): void {
    const text = this.#options.logs?.[`${namespace}/${pod}/${query.get('container')}`];
    if (text === undefined) {
      const message = `container ${query.get('container')} is not valid for pod ${pod}`;
      send(res, 400, status(400, 'BadRequest', message), false);
      return;
    }
    const lines = text.split('\n').slice(0, -1);
    const tail = lines.slice(-Number(query.get('tailLines') ?? lines.length));
    send(res, 200, tail.map((line) => `${line}\n`).join(''), false);
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [recorded, url] = this.#record(req, true);
    socket.on('error', () => undefined);
    const fault = this.#options.fault?.(recorded);
    if (fault === 'hang') return;
    if (typeof fault === 'string') return void socket.destroy();
    if (fault && 'status' in fault) {
      refuseUpgrade(socket, fault);
      return;
    }
    const parts = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/(exec|portforward)$/.exec(
      url.pathname,
    );
    if (!parts) {
      refuseUpgrade(socket, { status: 404, json: status(404, 'NotFound', 'no pod') });
      return;
    }
    const pod = `${parts[1]}/${parts[2]}`;
    this.#upgrades.handleUpgrade(req, socket, head, (ws) => {
      if (parts[3] === 'exec') {
        const argv = url.searchParams.getAll('command');
        playExec(
          ws,
          this.#options.exec?.(argv, pod, url.searchParams.get('container') ?? '') ?? {},
        );
      } else {
        const port = Number(url.searchParams.get('ports'));
        playPort(ws, port, this.#options.ports?.[`${pod}:${port}`] ?? 'refused');
      }
    });
  }
}

function chooseProtocol(offered: Set<string>): string | false {
  return offered.has('v4.channel.k8s.io') && 'v4.channel.k8s.io';
}

function send(res: ServerResponse, code: number, body: unknown, gzip: boolean): void {
  const json = typeof body !== 'string';
  const text = json ? JSON.stringify(body) : body;
  // The real one compresses from 128 KiB (apiserver endpoints/handlers/responsewriters).
  const packed = gzip && text.length > 128 * 1024;
  res.writeHead(code, {
    'Content-Type': json ? 'application/json' : 'text/plain; charset=utf-8',
    ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
  });
  res.end(packed ? gzipSync(text) : text);
}

function misbehave(fault: Fault, res: ServerResponse): void {
  if (fault === 'hang') return;
  if (fault === 'reset') return void res.socket?.destroy();
  if (fault === 'reset-mid-body' || fault === 'hang-mid-body') {
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
    res.write('{"kind":"PodList","items":[');
    if (fault === 'reset-mid-body') setTimeout(() => res.socket?.destroy(), 20);
    return;
  }
  if ('stream' in fault) {
    res.writeHead(200, fault.headers);
    // It is broken off in the middle as soon as it is too much.
    Readable.from(fault.stream())
      .pipe(res)
      .on('error', () => undefined);
    return;
  }
  res.writeHead(fault.status, {
    'Content-Type': fault.text === undefined ? 'application/json' : 'text/plain',
    ...fault.headers,
  });
  res.end(
    fault.text ?? JSON.stringify(fault.json ?? status(fault.status, 'Failed', 'secret words')),
  );
}

function refuseUpgrade(socket: Duplex, fault: Extract<Fault, { status: number }>): void {
  const body =
    fault.text ?? JSON.stringify(fault.json ?? status(fault.status, 'Failed', 'secret words'));
  const headers = {
    'Content-Type': fault.text === undefined ? 'application/json' : 'text/plain',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...fault.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${fault.status} Refused\r\n${lines.join('')}\r\n${body}`);
}
