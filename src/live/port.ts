// A forwarded port as a stream of bytes: the kubelet's framing for websockets (kubernetes pkg/kubelet
// pkg/cri/streaming/portforward/websocket.go). Channel 0 is the port, channel 1 what the node says of it; each begins
// with the number of the port, two bytes, the lower first.
import { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import { limits } from '../core/limits.ts';
import type { Failure } from '../core/ports.ts';
import { failure } from './failure.ts';
import { brokenSocket, notSpoken, readFrames, type Frame } from './websocket.ts';

/** Why nothing more will come: the node's own words, or what is wrong with what it sent. */
export type Trouble =
  | { readonly is: 'said'; readonly says: string }
  | { readonly is: 'broken'; readonly failure: Failure };

const DATA = 0;
const ERROR = 1;
const LABEL = 2;

export class Port extends Duplex {
  /** Whether a byte has come back. */
  heard = false;
  trouble: Trouble | undefined;
  readonly troubled: Promise<Trouble>;
  readonly #socket: WebSocket;
  readonly #number: number;
  readonly #labels: readonly [number[], number[]] = [[], []];
  #tell!: (trouble: Trouble) => void;

  constructor(socket: WebSocket, number: number) {
    super();
    this.#socket = socket;
    this.#number = number;
    this.troubled = new Promise((resolve) => (this.#tell = resolve));
    // The request on top reports what matters; an unheard 'error' would end the process.
    this.on('error', () => undefined);
    socket.once('close', () => this.push(null));
    socket.once('error', (error) => {
      this.#break(brokenSocket(error));
    });
    readFrames(socket, (frame) => {
      this.#take(frame);
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(piece: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.of(DATA), piece]), done);
  }

  #take(frame: Frame | undefined): void {
    if (this.destroyed || this.readableEnded || this.trouble?.is === 'broken') return;
    const channel = frame?.channel;
    if (!frame || (channel !== DATA && channel !== ERROR)) {
      this.#break(notSpoken());
      return;
    }
    const data = this.#afterLabel(channel, frame.data);
    if (data === undefined) {
      const says = `the node answers for another port than ${this.#number}`;
      this.#break(failure('unreadable', says));
    } else if (data.length > 0) {
      if (channel === ERROR) this.#said(data);
      else this.#heard(data);
    }
  }

  /** Without the number, which may come in pieces; `undefined` when it is another port's. */
  #afterLabel(channel: 0 | 1, data: Buffer): Buffer | undefined {
    const label = this.#labels[channel];
    const missing = LABEL - label.length;
    if (missing === 0) return data;
    label.push(...data.subarray(0, missing));
    const [low, high] = label;
    const known = low !== undefined && high !== undefined;
    if (known && low + 256 * high !== this.#number) return undefined;
    return data.subarray(missing);
  }

  #heard(data: Buffer): void {
    this.heard = true;
    if (!this.push(data)) this.#socket.pause();
  }

  #said(data: Buffer): void {
    const before = this.trouble?.is === 'said' ? this.trouble.says : '';
    const says = `${before}${data.toString('utf8', 0, limits.portError)}`;
    this.trouble = { is: 'said', says: says.slice(0, limits.portError) };
    this.#tell(this.trouble);
  }

  #break(why: Failure): void {
    this.trouble = { is: 'broken', failure: why };
    this.#tell(this.trouble);
    this.destroy();
  }
}
