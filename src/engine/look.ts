// Asks a fact and turns what comes back into an answer with its evidence, or a gap.
import type { Answer, Gap } from '../core/answer.ts';
import { kubectl, type Command } from '../core/command.ts';
import { bounded, isTimeout } from '../core/deadline.ts';
import type { Evidence } from '../core/evidence.ts';
import type { AnyFact, Fact, Fetched, Missed } from '../core/fact.ts';
import type { Ports } from '../core/ports.ts';
import type { Access } from '../core/question.ts';
import { safeText } from '../core/text.ts';

/** What one look came to: the answer, and the parts of it that could not be had. */
export type Looked = { readonly answer: Answer<unknown>; readonly gaps: readonly Gap[] };

/** Each fact with the same arguments is fetched once in a run. `run` is the whole run's signal. */
export class Lookout {
  readonly #ports: Ports;
  readonly #run: AbortSignal;
  readonly #kept = new Map<string, Promise<Looked>>();
  readonly #versions = new Map<string, string>();

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

  /** What the answers revealed about versions, by name. */
  get versions(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#versions].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async #fetch(fact: Fact<unknown, unknown>, args: unknown): Promise<Looked> {
    // When it was asked: in a replay that is the same every time, whatever answers first.
    const at = new Date(this.#ports.clock.now()).toISOString();
    const fetched = await bounded(fact.timeoutMs, this.#run, (signal) =>
      Promise.race([fact.fetch(this.#ports, args, signal), overdue(signal)]),
    );
    const gaps = (fetched.missed ?? []).map(gapOf);
    if (!fetched.ok && fetched.why !== 'absent') {
      const gap = gapOf({
        asked: fact.asks(args),
        why: fetched.why,
        detail: fetched.detail,
        access: fetched.access,
      });
      return { answer: { kind: 'unknown', gap }, gaps: [gap, ...gaps] };
    }
    const evidence = this.#evidence(fact, args, fetched, at);
    if (!fetched.ok) return { answer: { kind: 'absent', evidence }, gaps };
    for (const [name, version] of Object.entries(fact.versions?.(fetched.value) ?? {})) {
      if (version !== undefined) this.#versions.set(name, version);
    }
    return { answer: { kind: 'known', value: fetched.value, evidence }, gaps };
  }

  #evidence(
    fact: Fact<unknown, unknown>,
    args: unknown,
    fetched: Fetched<unknown>,
    at: string,
  ): Evidence {
    const lines = fetched.ok ? fact.show(fetched.value, args) : [fetched.detail];
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
  return kubectl(
    'auth',
    'can-i',
    access.verb,
    resource,
    ...(subresource ? [`--subresource=${subresource}`] : []),
    ...(access.namespace ? ['-n', access.namespace] : ['-A']),
  );
}

const graceMs = 250;

/** A port that ignores its signal must not hang the run: a little after the deadline we answer for it. */
function overdue(signal: AbortSignal): Promise<Fetched<never>> {
  return new Promise((resolve) => {
    const answer = (): void => {
      const timedOut = isTimeout(signal);
      setTimeout(() => {
        resolve({
          ok: false,
          why: timedOut ? 'timed-out' : 'interrupted',
          detail: timedOut ? 'no answer before the deadline' : 'the run was stopped first',
        });
      }, graceMs).unref();
    };
    if (signal.aborted) answer();
    else signal.addEventListener('abort', answer, { once: true });
  });
}
