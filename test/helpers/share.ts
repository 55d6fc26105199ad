// How much of a sweep runs: a share of it in `npm test`, all of it in `npm run test:all`, which is what CI runs.

/** What takes longer than a person waits is left to `npm run test:all`. */
export const runsAll = process.env['MESHDOC_TESTS'] === 'all';

/** Every `every`th, from the one that `from` says: all of them over `every` numbers in a row, and never none. */
export function slice<T>(all: readonly T[], every: number, from: number): readonly T[] {
  const first = from % Math.max(1, Math.min(every, all.length));
  return all.filter((_, i) => i % every === first);
}

/** The same of every runbook: of one with a single scenario, that one. */
export function sliceOfEach<T extends { readonly runbook: string }>(
  all: readonly T[],
  every: number,
  from: number,
): readonly T[] {
  const runbooks = [...new Set(all.map(({ runbook }) => runbook))];
  return runbooks.flatMap((one) =>
    slice(
      all.filter(({ runbook }) => runbook === one),
      every,
      from,
    ),
  );
}

/** All of them, or one in `every`: always the same ones, and another sweep says `from` for others. */
export function share<T>(all: readonly T[], every: number, from = 0): readonly T[] {
  return slice(all, runsAll ? 1 : every, from);
}

/** With so many of them a share takes one in `every`; of more it takes fewer, so that `npm test` stays as quick as it is. */
const usual = 240;

/** The same of every runbook. */
export function shareOfEach<T extends { readonly runbook: string }>(
  all: readonly T[],
  every: number,
  from = 0,
): readonly T[] {
  const fewer = Math.max(1, all.length / usual);
  return sliceOfEach(all, runsAll ? 1 : Math.ceil(every * fewer), from);
}
