// Names close to one that was mistyped.

/** The longest name in Kubernetes. Anything longer was not mistyped, and the distance takes quadratic time. */
const longest = 253;

/** At most three, the closest first: those that start alike, or differ in few letters. */
export function near(wanted: string, known: readonly string[]): readonly string[] {
  if (wanted.length > longest) return [];
  return [...new Set(known)]
    .filter((name) => name.length <= longest)
    .map((name) => ({ name, far: farness(wanted, name) }))
    .filter(
      ({ name, far }) =>
        far <= Math.max(2, Math.floor(wanted.length / 4)) || startsAlike(wanted, name),
    )
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `web` finds `web-5fcd744f86-j6vtr`; so does an id whose last part is from an older pod. */
function startsAlike(a: string, b: string): boolean {
  const stem = a.includes('-') ? a.slice(0, a.lastIndexOf('-')) : a;
  return stem.length >= 3 && b.startsWith(stem);
}

/** Edit distance (insert, delete, replace). */
export function farness(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replace = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
