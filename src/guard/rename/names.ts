// The names of one run and what stands for them: learned while it asks, replaced when it is told.
import { addresses } from './addresses.ts';
import { learner, type Learner } from './learn.ts';
import { renamer, type Rename } from './rename.ts';

export type Names = Omit<Learner, 'names' | 'version'> & {
  /** By everything that was learned until now: learn first, then rename. */
  readonly rename: Rename;
};

export function createNames(): Names {
  const { names, version, ...learn } = learner();
  const ip = addresses();
  let at = -1;
  let current: Rename = ip;
  const rename: Rename = (text) => {
    if (version() !== at) current = renamer(names(), ip);
    at = version();
    return current(text);
  };
  return { ...learn, rename };
}
