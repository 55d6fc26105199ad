// How tests run, for `npm test` and for `npx vitest run <file>` alike. What needs more than Node (the lab, a terminal, a
// browser, a packed tarball) runs by its own script, which names its folder.
import { defineConfig } from 'vitest/config';

const apart = ['lab', 'smoke', 'terminal', 'browser'];
const named = process.argv.join(' ');

export default defineConfig({
  test: {
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
