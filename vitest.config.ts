// How tests run, for `npm test` and for `npx vitest run <file>` alike. What needs more than Node (the lab, a terminal, a
// browser, a packed tarball) runs by its own script, which names its folder.
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const apart = ['lab', 'smoke', 'terminal', 'browser'];
const named = process.argv.join(' ');

/** They take longest: what is short fills up the other worker. */
const first = ['linkerd-runbooks.test.ts', 'runbooks.test.ts'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => (first.includes(basename(moduleId)) ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: '100%',
    // Files share what they have read of the saved cases.
    isolate: false,
    exclude: [
      '**/node_modules/**',
      ...apart.filter((dir) => !named.includes(`test/${dir}`)).map((dir) => `test/${dir}/**`),
    ],
  },
});
