// A process in a pod's network namespace that sends what it is told to.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inNetns } from '../sh.ts';

export type HttpCall = {
  readonly host: string;
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answer only whether the body has this. */
  readonly contains?: string;
};
export type HttpAnswer = {
  readonly status?: number;
  readonly body?: string;
  readonly has?: boolean;
  readonly error?: string;
};
export type TcpAnswer = { readonly echoed?: boolean; readonly error?: string };

export class Hands {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #next = 0;

  constructor(netns: string) {
    const script = join(import.meta.dirname, 'hands.mjs');
    const [file = '', ...args] = inNetns(netns, [process.execPath, script]);
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as { id: number };
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  http(call: HttpCall): Promise<HttpAnswer> {
    return this.#ask<HttpAnswer>({ what: 'http', ...call });
  }

  tcp(host: string, port: number): Promise<TcpAnswer> {
    return this.#ask<TcpAnswer>({ what: 'tcp', host, port });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #ask<T>(what: object): Promise<T> {
    const id = this.#next++;
    return new Promise<T>((resolve) => {
      this.#waiting.set(id, resolve as (answer: unknown) => void);
      this.#child.stdin.write(`${JSON.stringify({ id, ...what })}\n`);
    });
  }
}
