// Connections that are opened before anybody asks: TCP and TLS take two round trips, which pass while the rest of meshdoc
// loads. Whoever asks first takes one, be it for a GET or a websocket upgrade, and none is ever opened twice.
import { Agent, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';

type Taken = (error: Error | null, stream: Duplex) => void;
type Ready = { readonly name: string; readonly socket: Socket };

/** Those that were open before a request took them: such a one may have been closed by the server just then. */
const early = new WeakSet<Duplex>();

export function wasReady(socket: Duplex | null): boolean {
  return socket !== null && early.has(socket);
}

export class ReadyAgent extends Agent {
  readonly #ready = new Set<Ready>();

  /** `options` as a request has them; with others (a renewed certificate) none of these is used. */
  open(options: RequestOptions, count: number): void {
    const own = { ...options, ...this.options };
    const name = this.getName(own);
    // One for all of them: to read the authorities takes as long as all else.
    const given = { ...own, secureContext: createSecureContext(own) };
    for (let n = 0; n < count; n += 1) {
      // An HTTPS agent connects to hosts, and of these the answer is a socket.
      const socket = super.createConnection(given) as Socket;
      const ready = { name, socket };
      this.#ready.add(ready);
      // That it failed is said by the request that then opens its own.
      socket.on('error', () => this.#ready.delete(ready));
      socket.once('close', () => this.#ready.delete(ready));
      socket.unref();
    }
  }

  override createConnection(options: RequestOptions, callback?: Taken): Duplex | null | undefined {
    return this.#take(this.getName(options)) ?? super.createConnection(options, callback);
  }

  /** What closed one of them has most likely closed them all. */
  forget(): void {
    for (const { socket } of this.#ready) socket.destroy();
    this.#ready.clear();
  }

  override destroy(): void {
    this.forget();
    super.destroy();
  }

  #take(name: string): Socket | undefined {
    for (const ready of this.#ready) {
      if (ready.name !== name) continue;
      this.#ready.delete(ready);
      const { socket } = ready;
      if (socket.destroyed) continue;
      if (!socket.connecting) early.add(socket);
      return socket.ref();
    }
    return undefined;
  }
}
