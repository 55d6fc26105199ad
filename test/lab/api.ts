import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { API_URL } from './paths.ts';
import { pki } from './pki.ts';
import { sleep } from './sh.ts';
import type { Meta } from './pod-types.ts';
import { tokenOf } from './users.ts';

type Object_ = { metadata: Meta };
type List<T> = { metadata: { resourceVersion: string }; items: T[] };

/** A client of a few lines for the lab's own parts, which live beside the API server. */
export class Api {
  readonly #ca: Buffer;
  readonly #token: string;

  private constructor(ca: Buffer, token: string) {
    this.#ca = ca;
    this.#token = token;
  }

  static async as(user: string): Promise<Api> {
    return new Api(await readFile(pki.ca), await tokenOf(user));
  }

  #open(method: string, path: string, body?: unknown, type?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.#token}`,
        'content-type': type ?? 'application/json',
      };
      const call = request(API_URL + path, { method, ca: this.#ca, headers }, resolve);
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async call<T>(method: string, path: string, body?: unknown, type?: string): Promise<T> {
    const answer = await this.#open(method, path, body, type);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    if ((answer.statusCode ?? 500) >= 300) {
      throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
    }
    return (text.startsWith('{') ? JSON.parse(text) : text) as T;
  }

  get = <T>(path: string): Promise<T> => this.call<T>('GET', path);
  post = <T>(path: string, body: unknown): Promise<T> => this.call<T>('POST', path, body);
  merge = <T>(path: string, body: unknown): Promise<T> =>
    this.call<T>('PATCH', path, body, 'application/merge-patch+json');

  ready = (path: string): Promise<boolean> =>
    this.get<string>(path).then(
      () => true,
      () => false,
    );

  /** Keeps a map of all objects at a path, for ever; `changed` is called after every change. */
  async watch<T extends Object_>(
    path: string,
    query: string,
    changed: (all: Map<string, T>) => void,
  ): Promise<never> {
    for (;;) {
      try {
        const list = await this.get<List<T>>(`${path}?${query}`);
        const all = new Map(list.items.map((item) => [keyOf(item.metadata), item]));
        changed(all);
        await this.#follow(path, query, list.metadata.resourceVersion, all, changed);
      } catch (error) {
        process.stderr.write(`watch ${path}: ${String(error)}\n`);
        await sleep(1000);
      }
    }
  }

  async #follow<T extends Object_>(
    path: string,
    query: string,
    version: string,
    all: Map<string, T>,
    changed: (all: Map<string, T>) => void,
  ): Promise<void> {
    const stream = await this.#open(
      'GET',
      `${path}?${query}&watch=1&resourceVersion=${version}&timeoutSeconds=1800`,
    );
    for await (const line of createInterface({ input: stream })) {
      const event = JSON.parse(line) as { type: string; object: T };
      if (event.type === 'ERROR') return;
      const key = keyOf(event.object.metadata);
      if (event.type === 'DELETED') all.delete(key);
      else all.set(key, event.object);
      changed(all);
    }
  }
}

export const keyOf = (meta: Meta): string => `${meta.namespace}/${meta.name}`;
