// Which ALLOW rule came closest to matching.
import type { Missed } from './types.ts';

const order: readonly Missed['state'][] = ['in-force', 'dropped', 'never'];

/** Rules in the proxy come first; among those, fewest failing conditions, then fewest unknown ones. */
export function byNearness(misses: readonly Missed[]): readonly Missed[] {
  return [...misses].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || cost(a) - cost(b),
  );
}

function cost({ fails }: Missed): number {
  const unknown = fails.filter(({ why }) => why.is === 'not-known').length;
  return (fails.length - unknown) * 1000 + unknown;
}
