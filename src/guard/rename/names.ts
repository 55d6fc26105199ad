// The names of one run and what stands for them: learned while it asks, replaced when it is told.
import { addresses } from './addresses.ts';
import { learner, type Learner } from './learn.ts';
import { renamer, type Rename } from './rename.ts';

export type Names = Omit<Learner, 'names'> & {
  /** By everything that was learned until now: learn first, then rename. */
  readonly rename: Rename;
};

export function createNames(): Names {
  const { names, ...learn } = learner();
  const ip = addresses();
  let size = -1;
  let current: Rename = ip;
  const rename: Rename = (text) => {
    const known = names();
    if (known.size !== size) current = renamer(known, ip);
    size = known.size;
    return current(text);
  };
  return { ...learn, rename };
}
