// What is told of one target, and in which order: of one runbook, or of several, as triage runs the steps of all.
import type { Role } from '../core/diagnosis.ts';
import type { Follow } from '../core/finding.ts';
import type { Among } from '../core/runbook.ts';
import { fill } from '../core/text.ts';
import type { Said } from './step.ts';

/** With the runbook that tells it. */
export type Told = Said & {
  readonly runbook: string;
  readonly among: Among<string> | undefined;
};

/**
 * Each fault once, in reading order. What two runbooks say of the same things is left to the one that weighs most. What
 * another runbook explains is left to that one, where it ran on the same target and found a cause: it then weighs as much as
 * what it explains.
 */
export function toldOnce(all: readonly Told[], target: string): readonly Told[] {
  const causes = new Set(
    all.filter(({ message }) => message.role === 'cause').map(({ runbook }) => runbook),
  );
  const isExplained = (told: Told): boolean => {
    const { follow } = told.message;
    if (!follow || follow.runbook === told.runbook || !causes.has(follow.runbook)) return false;
    return followedTo(follow, told) === target;
  };
  const explained = all.filter(isExplained);
  const left = all.filter((told) => !explained.includes(told));
  const several = new Set(all.map(({ runbook }) => runbook)).size > 1;
  return sameOnce(left.toSorted(inOrder(explained, several ? target : undefined)));
}

function sameOnce(all: readonly Told[]): readonly Told[] {
  return all.filter((told, i) => !all.slice(0, i).some((before) => isSame(before, told)));
}

/** In the same words, or by another runbook with the same id of the same things. */
function isSame(one: Told, other: Told): boolean {
  if (one.id !== other.id) return false;
  if (fill(one.message.says, one.slots) === fill(other.message.says, other.slots)) return true;
  if (one.runbook === other.runbook) return false;
  const common = Object.keys(one.slots).filter((name) => other.slots[name] !== undefined);
  return common.length > 0 && common.every((name) => one.slots[name] === other.slots[name]);
}

const roles: Readonly<Record<Role, number>> = { cause: 0, symptom: 1, contributor: 2 };
const places = { first: 0, between: 1, last: 2 } as const;

/**
 * Causes first. Of several runbooks what stands last does so though it be sure; the others sure before likely, by where
 * they stand, what names the target before what concerns the whole mesh, and otherwise as they were said.
 */
function inOrder(
  explained: readonly Told[],
  target: string | undefined,
): (a: Told, b: Told) => number {
  const raised = new Map(explained.map((one) => [one.message.follow?.runbook, placeOf(one)]));
  const keys = (told: Told): readonly number[] => {
    const place =
      target === undefined ? places.between : (raised.get(told.runbook) ?? placeOf(told));
    const isOwn = target !== undefined && Object.values(told.slots).includes(target);
    return [
      roles[told.message.role],
      Number(place === places.last),
      Number(!told.sure),
      place,
      Number(!isOwn),
    ];
  };
  return (a, b) => {
    const [one, other] = [keys(a), keys(b)];
    const at = one.findIndex((key, i) => key !== other[i]);
    return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
  };
}

function placeOf({ among, id, rest }: Told): number {
  if (rest.stands) return places[rest.stands];
  if (among === undefined) return places.between;
  if (among === 'last' || among.last?.includes(id)) return places.last;
  return among.first?.includes(id) ? places.first : places.between;
}

/** The target that the other runbook is asked about. */
export function followedTo({ target }: Follow, { id, slots, rest }: Said): string {
  const named = target === undefined ? rest.goesOn : slots[target];
  if (named === undefined) throw new Error(`${id} names no target for the runbook that follows`);
  return named;
}
