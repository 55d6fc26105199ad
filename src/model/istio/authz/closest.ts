// Of ALLOW rules that do not match: which is nearest to matching.
import type { Missed } from './types.ts';

const order: readonly Missed['state'][] = ['in-force', 'dropped', 'never'];

/** Rules that the proxy has first; among them the fewest conditions that fail, then that are not known. */
export function byNearness(misses: readonly Missed[]): readonly Missed[] {
  return [...misses].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || cost(a) - cost(b),
  );
}

function cost({ fails }: Missed): number {
  const unknown = fails.filter(({ why }) => why.is === 'not-known').length;
  return (fails.length - unknown) * 1000 + unknown;
}
