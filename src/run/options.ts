// What a run is told beside its target: the cluster, the mesh, how it is printed and kept, how long it may take.
import type { Ignore } from '../core/ignore.ts';
import type { Names } from '../guard/rename/names.ts';
import type { LiveOptions } from '../live/options.ts';
import type { Chosen } from '../meshes/choices.ts';
import type { Format } from '../report/formats.ts';
import type { Flags } from './check-words.ts';

export type ColorChoice = 'auto' | 'always' | 'never';

/** What a run needs of the process it is in. */
export type Surroundings = {
  readonly env: NodeJS.ProcessEnv;
  /** Whether a person is there to ask. */
  readonly interactive: boolean;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
};

/** To ask again: until what, how often, for how long. */
export type WatchOptions = {
  readonly until: 'changed' | 'healthy';
  /** As it was typed, to name it. */
  readonly flag: '--watch' | '--until-healthy';
  readonly intervalMs: number;
  readonly limitMs: number;
};

export type RunOptions = {
  readonly connection: Omit<LiveOptions, 'env' | 'userAgent' | 'interactive'>;
  readonly namespace?: string;
  /** What was chosen of a mesh; the address of Prometheus without its user information, as reports and cases may show it. */
  readonly mesh: Chosen;
  readonly output: Format;
  readonly save?: string;
  readonly from?: string;
  /** Of one run. */
  readonly timeoutMs: number;
  readonly watch?: WatchOptions;
  readonly verbose: boolean;
  /** Print that fix alone, and whole. */
  readonly fix?: number;
  /** What else ends with the exit code of a fault. */
  readonly failOn?: 'warning';
  readonly quiet: boolean;
  readonly noInput: boolean;
  readonly color: ColorChoice;
  readonly debug: boolean;
  /** Collects names to replace in what is printed and saved; absent when they are kept. */
  readonly names?: Names;
  /** Findings that a config file says to ignore. */
  readonly ignores?: readonly Ignore[];
  /** The address of Prometheus came with a repository: no token goes there. */
  readonly withholdToken?: boolean;
  /** Flags that only some runbooks take. */
  readonly flags: Flags;
};
