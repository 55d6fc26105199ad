// A team's decision to live with a finding for a while.

/** A decision: what, where, why, until when, and which file says so. */
export type Ignore = {
  /** `stale/too-much-config` */
  readonly code: string;
  /** A target with `*` for any letters: `shop/web-*`. Any target when absent. */
  readonly target?: string;
  readonly reason: string;
  /** The last day, in UTC: `2027-01-31`. */
  readonly until: string;
  /** A file's name, without the path of one machine. */
  readonly by: string;
};

export function isOver({ until }: Ignore, now: number): boolean {
  return now >= Date.parse(`${until}T00:00:00Z`) + 86_400_000;
}
