// Moments: what happened at a known time, as the answers told it. Many of them make the timeline of a ticket.
import type { EvidenceId } from './evidence.ts';
import { safeText, type SafeText } from './text.ts';

/** In the order in which moments of the same instant are told: what may have caused something comes first. */
export const momentKinds = ['change', 'end', 'start', 'push', 'event', 'certificate'] as const;
/**
 * `change`: somebody wrote an object. `start`, `end`: of a pod or a container. `push`: config on its way to a
 * proxy, and what became of it. `event`: what Kubernetes or a log told. `certificate`: one becomes valid or expires.
 */
export type MomentKind = (typeof momentKinds)[number];

/** As a fact tells it: plain data, before it is tied to a piece of evidence. */
export type Happening = {
  readonly kind: MomentKind;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Subject first, past tense, no full stop: "lab changed EnvoyFilter shop/add-header". */
  readonly what: string;
};

export type Moment = {
  readonly kind: MomentKind;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly what: SafeText;
  /** The answers that tell of it, in their order. */
  readonly evidence: readonly [EvidenceId, ...EvidenceId[]];
};

/** None when the time is not known; `at` is ISO 8601 or milliseconds since the epoch. */
export function happened(
  kind: MomentKind,
  at: string | number | undefined,
  what: string,
): readonly Happening[] {
  const ms = typeof at === 'string' ? Date.parse(at) : (at ?? Number.NaN);
  // Beyond this a Date has no ISO form: a certificate that never expires.
  return Math.abs(ms) <= 8.64e15 ? [{ kind, at: new Date(ms).toISOString(), what }] : [];
}

/** In the order of time, each once: the same thing told twice cites both answers. */
export function inTime(moments: readonly Moment[]): readonly Moment[] {
  const once = new Map<string, Moment>();
  for (const moment of moments) {
    const key = keyOf(moment);
    const known = once.get(key);
    once.set(key, known ? joined(known, moment) : moment);
  }
  return [...once.values()].toSorted(
    (a, b) =>
      Date.parse(a.at) - Date.parse(b.at) ||
      momentKinds.indexOf(a.kind) - momentKinds.indexOf(b.kind) ||
      (a.what < b.what ? -1 : 1),
  );
}

export function momentOf({ kind, at, what }: Happening, id: EvidenceId): Moment {
  return { kind, at, what: safeText(what), evidence: [id] };
}

/** Kubernetes keeps whole seconds where a proxy's page has milliseconds. */
function keyOf({ kind, at, what }: Moment): string {
  return `${at.slice(0, 19)} ${kind} ${what}`;
}

function joined(one: Moment, other: Moment): Moment {
  const [first, ...rest] = one.evidence;
  const ids = [...new Set([...rest, ...other.evidence])].filter((id) => id !== first);
  const numbers = [first, ...ids].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const [lowest = first, ...others] = numbers;
  return { ...one, at: one.at < other.at ? one.at : other.at, evidence: [lowest, ...others] };
}
