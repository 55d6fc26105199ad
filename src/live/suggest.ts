// Near names for a name that does not exist.

/** `; did you mean prod-eu?`, or the names there are, or ''. */
export function suggest(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = names
    .map((candidate) => ({ candidate, d: distance(name, candidate) }))
    .filter(({ candidate, d }) => d <= Math.max(2, name.length / 3) || candidate.includes(name))
    .toSorted((a, b) => a.d - b.d)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  if (near.length > 0) return `; did you mean ${near.join(' or ')}?`;
  return names.length === 0 ? '' : `; there is ${names.slice(0, 8).join(', ')}`;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
