// Circles of imports: files that need each other, so that none can be read or moved alone. Types count too.
import { importsOf, type Source } from './sources.ts';

/** One sentence a circle, from its first file by name. A file that is in one begins no other. */
export function circles(sources: readonly Source[]): readonly string[] {
  const known = new Set(sources.map(({ path }) => path));
  const imports = new Map(
    sources.map((source) => {
      const own = importsOf(source).filter(({ to }) => known.has(to));
      return [source.path, own.map(({ to }) => to)] as const;
    }),
  );
  const told = new Set<string>();
  return [...known].sort().flatMap((path) => {
    const way = told.has(path) ? undefined : wayBack(path, imports);
    if (!way) return [];
    for (const file of way) told.add(file);
    return [`${[...way, path].join(' -> ')}: move what both need to a third file`];
  });
}

/** The shortest way from a file to itself, without its end. */
function wayBack(
  start: string,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const ways: (readonly [string, ...string[]])[] = [[start]];
  // The last step comes first in each.
  for (const way of ways) {
    for (const to of imports.get(way[0]) ?? []) {
      if (to === start) return way.toReversed();
      if (!seen.has(to)) ways.push([to, ...way]);
      seen.add(to);
    }
  }
  return undefined;
}
