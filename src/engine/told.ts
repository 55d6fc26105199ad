// What several runbooks tell of one target: triage runs the steps of all. Each fault is told once, what weighs most first.
import { inOrder } from '../core/diagnosis.ts';
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
 * What two runbooks say in the same words is left to the one that weighs most. What another runbook explains is left to that one,
 * where it ran on the same target and found a cause: it then weighs as much as what it explains.
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
  const weight = weigh(explained, target);
  const left = all.filter((told) => !explained.includes(told));
  return inOrder(sameOnce(left.toSorted((a, b) => weight(a) - weight(b))));
}

function sameOnce(all: readonly Told[]): readonly Told[] {
  const key = ({ id, message, slots }: Told) => `${id} ${fill(message.says, slots)}`;
  const first = new Map(all.toReversed().map((told) => [key(told), told]));
  return all.filter((told) => first.get(key(told)) === told);
}

/** Less is more: by where it stands, then what names the target before what concerns the whole mesh. */
function weigh(explained: readonly Told[], target: string): (told: Told) => number {
  const raised = new Map(explained.map((one) => [one.message.follow?.runbook, placeOf(one)]));
  return (told) => {
    const isOwn = Object.values(told.slots).includes(target);
    return 2 * (raised.get(told.runbook) ?? placeOf(told)) + (isOwn ? 0 : 1);
  };
}

const places = { first: 0, between: 1, last: 2 } as const;

function placeOf({ among, id }: Told): number {
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
