// The rows first: they take longest, and what is short fills up the other lab.
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const FIRST = ['linkerd-runbooks.test.ts', 'runbooks.test.ts'];

const place = ({ moduleId }: TestSpecification): number =>
  FIRST.includes(basename(moduleId)) ? 0 : 1;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({ test: { sequence: { sequencer: LongFirst } } });
