// What every report for pasting holds, in its order: verdict, actions, what is open, when, proof, where it ran.
import type { Diagnosis } from '../core/diagnosis.ts';
import { text, withContext, type Block, type Room } from './outline.ts';
import * as part from './outline-parts.ts';
import { clearedOf, likewise, verdicts } from './outline-several.ts';
import type { Composed } from './fit.ts';
import { asOne, merged } from './session.ts';
import { sorted } from './view.ts';

export type Paste = {
  /** Evidence behind a click, where a place can do that. */
  readonly fold: boolean;
  /** The command under each piece of evidence. */
  readonly byHand: boolean;
};

/** What belongs together is found once; each room that is tried only writes it. */
export function compose(all: readonly Diagnosis[], how: Paste): (room: Room) => Composed {
  const groups = asOne(all);
  const diagnoses = groups.flatMap((group) => group.all);
  const d = merged(groups.map(({ first }) => first));
  if (!d) return (room) => ({ must: [text('Nothing was diagnosed.', room)], may: [] });
  const several = diagnoses.length > 1;
  const evidence = merged(diagnoses)?.evidence ?? [];
  return (room) => {
    const rest: Block[] = [
      ...part.actions(d, room),
      ...(several ? likewise(groups, room) : []),
      ...part.open(d, room),
      ...(several ? clearedOf(groups, room) : part.cleared(d, room, '')),
      ...part.timeline(diagnoses, room),
      ...proof({ ...d, evidence }, room, how),
      part.foot(d, room),
    ];
    return {
      must: several ? verdicts(groups, room) : [part.headline(d, room), ...part.verdict(d, room)],
      may: withContext(rest, d, room),
    };
  };
}

const elsewhere = 'left out to fit here; meshdoc -o ticket has it.';

function proof(d: Diagnosis, room: Room, { fold, byHand }: Paste): Block[] {
  const { cited, rest } = sorted(d);
  const every = [...cited, ...rest];
  const quoted = every.slice(0, room.items);
  if (every.length === 0) return [];
  const body = [
    ...quoted.flatMap((evidence) => part.evidence(evidence, d, room, byHand)),
    ...part.leftOut(every.length - quoted.length, 'answer', room),
  ];
  const with_ = byHand ? ' and the commands that show it again' : '';
  const summary = `Evidence (${every.length})${with_}`;
  if (quoted.length === 0) return [text(elsewhere, room, `Evidence (${every.length}):`)];
  return fold ? [{ is: 'details', summary, body }] : [text('', room, `${summary}:`), ...body];
}
