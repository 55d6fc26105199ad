// The checks that gather, in the order in which they are judged.
import type { Answers } from '../../../src/authoring.ts';
import { beside } from './beside.ts';
import { caller, destination, mesh, now, policies, proxy, refusals, waypoint } from './checks.ts';

export const gathered = {
  destination,
  caller,
  waypoint,
  mesh,
  policies,
  proxy,
  refusals,
  beside,
  now,
};
/** Their answers; a skipped check is absent. */
export type Gathered = Partial<Answers<typeof gathered>>;
