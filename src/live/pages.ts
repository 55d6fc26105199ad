// The pages of one list, to the last or to as many items as are wanted. A list with a page missing is no list.
import { setImmediate as turn } from 'node:timers/promises';
import { apiVersionOf, ListCheck } from '../core/listed.ts';
import { limits } from '../core/limits.ts';
import type { KubeObject } from '../core/object.ts';
import { answered, type Failure, type Reply } from '../core/ports.ts';
import type { Listed, ListQuestion } from '../core/question.ts';
import type { Resource } from '../core/refs.ts';
import { isTooLarge, weigh } from './budget.ts';
import { cutShort } from './deadline.ts';
import { failure, refusal } from './failure.ts';
import { get, type Wire } from './http.ts';
import { jsonObject } from './json.ts';
import { findList, type Found } from './not-found.ts';
import { readPage, slim, type Page } from './page.ts';
import { resourcePath } from './path.ts';

/** Objects a request: larger pages freeze the event loop while they are parsed. */
export const PAGE = 500;
/** Where a page is too large a tenth of it is asked for, down to this. */
const SMALLEST_PAGE = 5;

/** `paged` false: all in one answer, unless `limit` wants fewer. */
export async function readPages(
  wire: Wire,
  q: ListQuestion,
  paged: boolean,
  signal: AbortSignal,
): Promise<Reply<Listed> | 'expired'> {
  const reader = new Reader(wire, q, paged ? PAGE : Infinity, signal);
  const listed = await reader.read();
  if (listed === 'expired' || !listed.ok) wire.budget.drop(reader.held);
  return listed;
}

type Got = { readonly ok: true; readonly page: Page } | Failure | 'expired';

class Reader {
  /** Bytes counted for the items so far. */
  held = 0;
  readonly #wire: Wire;
  readonly #q: ListQuestion;
  readonly #signal: AbortSignal;
  readonly #items: KubeObject[] = [];
  readonly #check: ListCheck;
  readonly #tokens = new Set<string>();
  #page: number;
  /** In the version in which the first page came. */
  #as: Resource;

  constructor(wire: Wire, q: ListQuestion, page: number, signal: AbortSignal) {
    this.#wire = wire;
    this.#q = q;
    this.#page = page;
    this.#signal = signal;
    this.#check = new ListCheck(q);
    this.#as = q.resource;
  }

  async read(): Promise<Reply<Listed> | 'expired'> {
    const wanted = this.#q.limit ?? Infinity;
    let next: string | undefined;
    let empty = 0;
    do {
      const got = await this.#fetch(next);
      if (got === 'expired' || !got.ok) return got;
      const problem = this.#take(got.page);
      if (problem) return problem;
      ({ next } = got.page);
      empty = got.page.items.length === 0 ? empty + 1 : 0;
      if (next !== undefined && (this.#tokens.has(next) || empty > limits.emptyPages))
        return this.#unreadable('its pages do not come to an end');
      if (next !== undefined) this.#tokens.add(next);
      if (this.#tokens.size > limits.pages) return this.#unreadable('it has too many pages');
      // Parsing holds the event loop; timers and Ctrl-C have their turn between two pages.
      await turn();
      if (this.#signal.aborted) return cutShort(this.#signal);
    } while (next && this.#items.length < wanted);
    return answered({ items: this.#items, more: next !== undefined });
  }

  async #fetch(next: string | undefined): Promise<Got> {
    const left = (this.#q.limit ?? Infinity) - this.#items.length;
    const most = Math.min(this.#page, left);
    const limit = Number.isFinite(most) ? most : undefined;
    const got = await this.#askPage(limit, next);
    if (got === 'expired' || got.ok || !isTooLarge(got) || most <= SMALLEST_PAGE) return got;
    if (!Number.isFinite(most)) return got;
    this.#page = Math.max(SMALLEST_PAGE, Math.floor(most / 10));
    return this.#fetch(next);
  }

  async #askPage(limit: number | undefined, next: string | undefined): Promise<Got> {
    const found = await this.#ask(limit, next);
    if (!found.ok) return found;
    const { got, as } = found.value;
    this.#as = as;
    if (got.status === 410 && next !== undefined) return 'expired';
    if (got.status === 404) return failure('unreadable', 'a later page of the list is HTTP 404');
    if (got.status !== 200) return refusal(this.#q, got);
    const body = jsonObject(got, `a list of ${as.plural}`);
    if (!body.ok) return body;
    const read = readPage(body.value, as, limit);
    return 'says' in read ? this.#unreadable(read.says) : read;
  }

  /** Only the first page can be a question of version. */
  async #ask(limit: number | undefined, next: string | undefined): Promise<Reply<Found>> {
    const { resource, namespace, labels, fields } = this.#q;
    const query = [
      ['labelSelector', labels],
      ['fieldSelector', fields],
      ['limit', limit],
      ['continue', next],
    ] as const;
    const within = resource.namespaced ? namespace : undefined;
    const ask = (as: Resource) => get(this.#wire, resourcePath(as, within), query, this.#signal);
    if (next === undefined) return findList(this.#wire, resource, ask, this.#signal);
    const got = await ask(this.#as);
    return got.ok ? answered({ as: this.#as, got: got.value }) : got;
  }

  #take({ items }: Page): Failure | undefined {
    let size = 0;
    for (const item of items) {
      const problem = this.#check.problem(item);
      if (problem !== undefined) return this.#unreadable(problem);
      const kept = slim(item, apiVersionOf(this.#as), this.#as.kind);
      size += weigh(kept);
      this.#items.push(kept);
    }
    const full = this.#wire.budget.hold(size);
    if (!full) this.held += size;
    return full;
  }

  #unreadable(says: string): Failure {
    return failure('unreadable', `the answer is not a list of ${this.#as.plural}: ${says}`);
  }
}
