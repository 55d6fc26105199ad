// Asks a fact and turns what comes back into an answer with its evidence, or a gap.
import type { Answer, Gap } from '../core/answer.ts';
import { words } from '../core/argv.ts';
import { kubectl, type Command } from '../core/command.ts';
import { bounded, orElse } from '../core/deadline.ts';
import type { Evidence } from '../core/evidence.ts';
import type { AnyFact, Fact, Fetched, Missed } from '../core/fact.ts';
import type { Happening } from '../core/moment.ts';
import { overdue, type Ports } from '../core/ports.ts';
import type { Access } from '../core/question.ts';
import { listed, safeText } from '../core/text.ts';
import { Heard } from './heard.ts';

/** What one look came to: the answer, and the parts of it that could not be had. */
export type Looked = {
  readonly answer: Answer<unknown>;
  readonly gaps: readonly Gap[];
  /** What in the answer is visibly not well: a gap where nothing explains it. */
  readonly unwell: readonly Gap[];
  /** Versions the answer revealed, by the name of what has them. */
  readonly versions: Versions;
  /** What the answer tells of times. */
  readonly moments: readonly Happening[];
};
export type Versions = Readonly<Record<string, string>>;

const untold = { versions: {}, moments: [], unwell: [] } as const;

/** Each fact with the same arguments is fetched once in a run. `run` is the whole run's signal. */
export class Lookout {
  readonly #ports: Ports;
  readonly #run: AbortSignal;
  readonly #kept = new Map<string, Promise<Looked>>();

  constructor(ports: Ports, run: AbortSignal) {
    this.#ports = ports;
    this.#run = run;
  }

  look(fact: AnyFact, args: unknown): Promise<Looked> {
    const key = `${fact.name} ${JSON.stringify(args)}`;
    const kept = this.#kept.get(key) ?? this.#fetch(fact, args);
    this.#kept.set(key, kept);
    return kept;
  }

  async #fetch(fact: Fact<unknown, unknown>, args: unknown): Promise<Looked> {
    // When it was asked: in a replay that is the same every time, whatever answers first.
    const clock = this.#ports.clock.fork?.() ?? this.#ports.clock;
    const at = new Date(clock.now()).toISOString();
    const heard = new Heard();
    const ask = heard.hear(this.#ports.ask);
    const fetched = await bounded(fact.timeoutMs, this.#run, (signal) =>
      orElse(fact.fetch({ ...this.#ports, ask, clock }, args, signal), signal, () =>
        overdue(signal),
      ),
    );
    const unsaid = fetched.ok ? heard.unsaid(fetched) : [];
    const gaps = [...(fetched.missed ?? []), ...unsaid].map(gapOf);
    if (!fetched.ok && fetched.why !== 'absent') {
      const gap = gapOf({
        asked: fact.asks(args),
        why: fetched.why,
        detail: fetched.detail,
        access: fetched.access,
      });
      return { answer: { kind: 'unknown', gap }, gaps: [gap, ...gaps], ...untold };
    }
    const evidence = this.#evidence(fact, args, fetched, at);
    if (!fetched.ok) return { answer: { kind: 'absent', evidence }, gaps, ...untold };
    const { value } = fetched;
    const versions = revealed(fact.versions?.(value));
    const moments = fact.moments?.(value, args) ?? [];
    const unwell = unexplained(fact, args, value);
    return { answer: { kind: 'known', value, evidence }, gaps, versions, moments, unwell };
  }

  #evidence(
    fact: Fact<unknown, unknown>,
    args: unknown,
    fetched: Fetched<unknown>,
    at: string,
  ): Evidence {
    const lines = fetched.ok ? shownOf(fact, args, fetched) : [fetched.detail];
    return {
      id: 'E0',
      asked: safeText(fact.asks(args)),
      byHand: (fetched.ok ? fetched.byHand : undefined) ?? fact.byHand(args),
      at,
      ...(fetched.ok && fetched.road !== undefined ? { road: safeText(fetched.road) } : {}),
      excerpt: lines.map(safeText),
    };
  }
}

/** "None" is what was read: where a part was not, it says so. */
function shownOf(
  fact: Fact<unknown, unknown>,
  args: unknown,
  { value, missed = [] }: Extract<Fetched<unknown>, { ok: true }>,
): readonly string[] {
  const lines = fact.show(value, args);
  const [only, more] = lines;
  if (only !== 'none' || more !== undefined || missed.length === 0) return lines;
  return [`none seen; not read: ${listed(missed.map(({ asked }) => asked))}`];
}

/** What in an answer is visibly not well. */
export function unexplained<A, T>(fact: Fact<A, T>, args: A, value: T): readonly Gap[] {
  const lines = fact.unwell?.(value, args) ?? [];
  if (lines.length === 0) return [];
  const asked = `why ${fact.asks(args)} is not well`;
  const gap = gapOf({ asked, why: 'unexplained', detail: lines.join('; ') });
  const follow = fact.explainedBy?.(value, args);
  return [follow ? { ...gap, follow } : gap];
}

export function gapOf(missed: Missed): Gap {
  const remedy = missed.access && missed.why === 'forbidden' ? canI(missed.access) : undefined;
  return {
    asked: safeText(missed.asked),
    why: missed.why,
    detail: safeText(missed.detail),
    ...(remedy ? { remedy } : {}),
  };
}

/** Shows whether the permission is there; an administrator reads from it what to grant. */
function canI(access: Access): Command {
  const [resource = '', subresource] = access.resource.split('/');
  const part = subresource ? words`--subresource=${subresource}` : [];
  const where = access.namespace ? words`-n ${access.namespace}` : words`-A`;
  return kubectl`auth can-i ${access.verb} ${resource} ${part} ${where}`;
}

function revealed(versions: Readonly<Record<string, string | undefined>> = {}): Versions {
  const known = Object.entries(versions).filter((e): e is [string, string] => e[1] !== undefined);
  return Object.fromEntries(known);
}
