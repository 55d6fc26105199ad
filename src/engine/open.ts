// What is left open: the gaps of a step, and those of whatever it builds on. What was concluded from an answer that never
// came was not looked at, so no step is clear, and none is skipped for a reason, while something it read is open.
import type { Answer, Gap } from '../core/answer.ts';
import type { Evidence } from '../core/evidence.ts';

/** What became of the looks of one step, as a later step may build on it. */
export type Ground = {
  /** What the step gathered; absent where it did not. */
  readonly got?: unknown;
  /** Gaps by the answer they came with. */
  readonly byAnswer: ReadonlyMap<Answer<unknown>, readonly Gap[]>;
  /** All gaps of its own. */
  readonly own: readonly Gap[];
  /** Gaps of what it built on in turn. */
  readonly inherited: readonly Gap[];
};

/** Collects what is read through it: what it shows, and what is open in it. */
export class Reading {
  readonly #open = new Set<Gap>();
  readonly #shown = new Set<Evidence>();

  /** Of the answers that were read. */
  get shown(): readonly Evidence[] {
    return [...this.#shown];
  }

  get open(): readonly Gap[] {
    return [...this.#open];
  }

  /**
   * The grounds by the id of their step, as an author reads them. Reading an answer opens its gaps alone; anything else
   * that was gathered (a figure taken from answers, or that there was nothing to ask) opens all gaps of its step.
   */
  of(grounds: Readonly<Record<string, Ground>>): Readonly<Record<string, unknown>> {
    const answered = Object.entries(grounds).filter(([, ground]) => 'got' in ground);
    const values = Object.fromEntries(answered.map(([id, ground]) => [id, ground.got]));
    return new Proxy(values, {
      get: (_, id) => {
        const ground = typeof id === 'string' ? grounds[id] : undefined;
        if (!ground) return undefined;
        this.#add(ground.inherited);
        return this.#read(ground, ground.got);
      },
    });
  }

  #read(ground: Ground, value: unknown): unknown {
    const ofAnswer = ground.byAnswer.get(value as Answer<unknown>);
    if (ofAnswer === undefined && isPlain(value)) {
      return new Proxy(value, {
        get: (fields, key) => this.#read(ground, (fields as Record<string | symbol, unknown>)[key]),
      });
    }
    this.#add(ofAnswer ?? ground.own);
    if (ofAnswer !== undefined) this.#show(value as Answer<unknown>);
    return value;
  }

  #show(answer: Answer<unknown>): void {
    if (answer.kind !== 'unknown') this.#shown.add(answer.evidence);
  }

  #add(gaps: readonly Gap[]): void {
    for (const gap of gaps) this.#open.add(gap);
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}
