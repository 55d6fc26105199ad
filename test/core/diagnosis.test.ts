// When there is nothing left to wait for.
import { expect, test } from 'vitest';
import { isHealthy, type Verdict } from '../../src/core/diagnosis.ts';
import { diagnosis } from '../report/build.ts';

const all = (...verdicts: readonly Verdict[]) => verdicts.map((verdict) => diagnosis({ verdict }));

test.each<readonly [boolean, readonly Verdict[]]>([
  [true, ['healthy']],
  [true, ['only-ignored', 'healthy']],
  [false, ['healthy', 'inconclusive']],
  [false, ['cause-found', 'only-ignored']],
  [false, []],
])('%s: %j', (is, verdicts) => {
  expect(isHealthy(all(...verdicts))).toBe(is);
});
