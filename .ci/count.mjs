// Prints "<passed> <not passed>" of one vitest JSON report. What was skipped did not pass. A file that
// could not be loaded holds no tests, but it failed.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const unloaded = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length;
const passed = report.numPassedTests;
process.stdout.write(`${passed} ${report.numTotalTests - passed + unloaded}\n`);
