// Fake programs for the PATH: Node scripts, written where the test says.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scratch } from '../helpers/fake-apiserver/index.ts';

export type Bin = {
  readonly directory: string;
  /** Puts a program there; `body` is the script. */
  add(name: string, body: string): string;
  /** Lines the programs wrote to `$RECORD`, or none. */
  recorded(): string[];
  /** PATH with this directory first, and RECORD. */
  readonly env: NodeJS.ProcessEnv;
};

export function makeBin(): Bin {
  const directory = scratch();
  const record = join(directory, 'record');
  return {
    directory,
    add(name, body) {
      const file = join(directory, name);
      const note = `const note = (v) => require('fs').appendFileSync(process.env.RECORD, JSON.stringify(v) + '\\n');`;
      writeFileSync(file, `#!/usr/bin/env node\n${note}\n${body}\n`);
      chmodSync(file, 0o755);
      return file;
    },
    recorded: () => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []),
    // The directory of this Node, whatever it is called, for `env node`; nothing else that could be found.
    env: { PATH: `${directory}:${dirname(process.execPath)}:/usr/bin:/bin`, RECORD: record },
  };
}
