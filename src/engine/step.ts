// Runs one step: gathers what it asks for, judges it, and records what became of it.
import type { Answer, Gap } from '../core/answer.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Happening } from '../core/moment.ts';
import { slotText, type Catalogue, type Found, type Message, type Rest } from '../core/finding.ts';
import { stop, type AnyStep, type Look } from '../core/runbook.ts';
import { fill, safeText } from '../core/text.ts';
import type { Lookout, Versions } from './look.ts';
import { Reading, type Ground } from './open.ts';

/** A finding before evidence is numbered. */
export type Said = {
  readonly id: string;
  readonly message: Message;
  readonly sure: boolean;
  readonly slots: Readonly<Record<string, string>>;
  readonly from: readonly Evidence[];
  readonly rest: Rest;
};

/** What one answer tells of times. */
export type Told = { readonly by: Evidence; readonly moments: readonly Happening[] };

/** What gathering came to. `failed` is a bug of ours: one broken step must not sink the diagnosis. */
export type Gathered = {
  readonly state: 'gathered' | 'skipped' | 'failed';
  readonly got?: unknown;
  readonly because?: string;
  readonly gaps: readonly Gap[];
  /** Gaps of what it builds on. */
  readonly inherited: readonly Gap[];
  readonly byAnswer: Ground['byAnswer'];
  readonly evidence: readonly Evidence[];
  readonly moments: readonly Told[];
  readonly unwell: readonly Gap[];
  readonly versions: Versions;
  readonly ms: number;
};

export async function gather(
  step: AnyStep,
  lookout: Lookout,
  input: unknown,
  earlier: Readonly<Record<string, Gathered>>,
  timer: () => number,
  onBug: (error: unknown) => void,
): Promise<Gathered> {
  const begun = timer();
  const asked: Asked[] = [];
  const gaps: Gap[] = [];
  const versions: Record<string, string> = {};
  const reading = new Reading();
  const end = (rest: Pick<Gathered, 'state' | 'got' | 'because'>): Gathered => ({
    ...rest,
    gaps: [...asked.flatMap((one) => one.gaps), ...gaps],
    inherited: reading.open,
    byAnswer: new Map(asked.flatMap(({ answer, gaps: its }) => (answer ? [[answer, its]] : []))),
    evidence: asked.flatMap((one) => one.evidence),
    moments: asked.flatMap((one) => one.moments),
    unwell: asked.flatMap((one) => one.unwell),
    versions,
    ms: Math.round(timer() - begun),
  });
  const answers = reading.of(groundsOf(earlier));
  const missing = step.after.find((id) => earlier[id]?.state !== 'gathered');
  if (missing !== undefined) {
    return end({
      state: 'skipped',
      because: `"${missing}" was not answered`,
      got: answers[missing],
    });
  }
  try {
    const choosing = new Reading();
    const fits = step.fits?.(choosing.of(groundsOf(earlier)), input) ?? true;
    if (fits !== true)
      return { ...end({ state: 'skipped', because: fits.skip }), inherited: choosing.open };
    const wanted = step.when?.(answers) ?? true;
    if (wanted !== true) {
      const skipped = end({ state: 'skipped', because: wanted.skip });
      return wanted.from ? { ...skipped, inherited: [] } : skipped;
    }
    const got = await step.gather(watch(step, lookout, asked, versions), input, answers);
    return end({ state: 'gathered', got });
  } catch (error) {
    onBug(error);
    gaps.push(bug(step.asks));
    return end({ state: 'failed' });
  }
}

/** As later steps may build on it. */
export function groundsOf(
  gathered: Readonly<Record<string, Gathered>>,
): Readonly<Record<string, Ground>> {
  return Object.fromEntries(
    Object.entries(gathered).map(([id, { state, got, byAnswer, gaps, inherited }]) => [
      id,
      { ...(state === 'gathered' ? { got } : {}), byAnswer, own: gaps, inherited },
    ]),
  );
}

/** In the order in which it was asked: who answers first must not change the report. */
type Asked = {
  answer?: Answer<unknown>;
  gaps: readonly Gap[];
  evidence: readonly Evidence[];
  moments: readonly Told[];
  unwell: readonly Gap[];
};

function watch(
  step: AnyStep,
  lookout: Lookout,
  asked: Asked[],
  versions: Record<string, string>,
): Look<never> {
  const look = async (fact: AnyStep['uses'][number], args: unknown): Promise<Answer<unknown>> => {
    if (!step.uses.includes(fact)) throw new Error(`step ${step.id} does not declare ${fact.name}`);
    const place: Asked = { gaps: [], evidence: [], moments: [], unwell: [] };
    asked.push(place);
    const looked = await lookout.look(fact, args);
    place.gaps = looked.gaps;
    place.answer = looked.answer;
    place.unwell = looked.unwell;
    Object.assign(versions, looked.versions);
    if (looked.answer.kind !== 'unknown') {
      place.evidence = [looked.answer.evidence];
      place.moments = [{ by: looked.answer.evidence, moments: looked.moments }];
    }
    return looked.answer;
  };
  return look as Look<never>;
}

export type Judged = {
  readonly said: readonly Said[];
  readonly stops: boolean;
  /** There was nothing to judge, and why. */
  readonly skipped?: string;
  /** What the answer is, where nothing is wrong. */
  readonly clear?: string;
  /** What the answers of earlier steps show that it read. */
  readonly shown?: readonly Evidence[];
  /** Gaps of the earlier steps that it read. */
  readonly inherited: readonly Gap[];
  readonly bug?: Gap;
};

export function judge(
  step: AnyStep,
  gathered: Gathered,
  findings: Catalogue,
  input: unknown,
  sofar: Readonly<Record<string, Gathered>>,
  told: readonly string[],
  onBug: (error: unknown) => void,
): Judged {
  const reading = new Reading();
  const earlier = reading.of(groundsOf(sofar));
  try {
    const outcome = step.judge(gathered.got, input, earlier, told);
    const inherited = [...new Set([...gathered.inherited, ...reading.open])];
    const { shown } = reading;
    if (typeof outcome !== 'object') return { said: [], stops: outcome === stop, inherited, shown };
    if (isList(outcome)) {
      const found = outcome.filter((one) => one !== stop).map((one) => saidOf(findings, one));
      return { said: found, stops: outcome.includes(stop), inherited, shown };
    }
    if ('clear' in outcome)
      return { said: [], stops: false, inherited, shown, clear: outcome.clear };
    const hangsOn = outcome.from ? [] : inherited;
    return { said: [], stops: false, inherited: hangsOn, skipped: outcome.skip };
  } catch (error) {
    onBug(error);
    return { said: [], stops: false, inherited: gathered.inherited, bug: bug(step.asks) };
  }
}

function isList(outcome: object): outcome is readonly (Found | typeof stop)[] {
  return Array.isArray(outcome);
}

function saidOf(findings: Catalogue, { id, slots: values, ...rest }: Found): Said {
  const message = findings[id];
  if (!message) throw new Error(`no finding is called ${id}`);
  const slots = Object.fromEntries(Object.entries(values).map(([k, v]) => [k, slotText(v)]));
  fill(message.says, slots);
  const from = rest.from.map((seen) => seen.evidence);
  return { id, message, sure: rest.sure ?? true, slots, from, rest };
}

function bug(asks: string): Gap {
  return {
    asked: safeText(asks),
    why: 'bug',
    detail: safeText('meshdoc failed in this step; run again with --debug and report it'),
  };
}
