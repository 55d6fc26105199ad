// What every report for pasting holds, in its order: verdict, actions, what is open, proof, where it ran.
import type { Diagnosis } from '../core/diagnosis.ts';
import { again } from './next.ts';
import { run, text, withContext, type Block, type Room } from './outline.ts';
import * as part from './outline-parts.ts';
import type { Composed } from './fit.ts';
import { grouped, shown, sorted } from './view.ts';

export type Paste = {
  /** Evidence behind a click, where a place can do that. */
  readonly fold: boolean;
  /** The command under each piece of evidence. */
  readonly byHand: boolean;
};

export function compose(all: readonly Diagnosis[], room: Room, how: Paste): Composed {
  const diagnoses = shown(all);
  const groups = grouped(diagnoses);
  const [worst, ...others] = groups;
  if (!worst) return { must: [text('Nothing was diagnosed.', room)], may: [] };
  const d = worst.first;
  const summary = diagnoses.length > 1 ? part.tally(groups, room) : [];
  const rest: Block[] = [
    ...part.actions(d, room),
    ...part.open(d, room),
    ...(others.length ? [text('', room, 'The others in full:')] : []),
    ...others.slice(0, room.list).map(({ first }) => run(again(first), first)),
    ...proof(d, room, how),
    part.foot(d, room),
  ];
  return {
    must: [...summary, part.headline(d, room), ...part.verdict(d, room)],
    may: withContext(rest, d, room),
  };
}

function proof(d: Diagnosis, room: Room, { fold, byHand }: Paste): Block[] {
  const { cited, rest } = sorted(d);
  const every = [...cited, ...rest];
  const quoted = every.slice(0, room.items);
  if (quoted.length === 0) return [];
  const body = [
    ...quoted.flatMap((evidence) => part.evidence(evidence, d, room, byHand)),
    ...part.leftOut(every.length - quoted.length, 'answer', room),
  ];
  const with_ = byHand ? ' and the commands that show it again' : '';
  const summary = `Evidence (${every.length})${with_}`;
  return fold ? [{ is: 'details', summary, body }] : [text('', room, `${summary}:`), ...body];
}
