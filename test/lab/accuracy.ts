// What the lab run came to, a row each: fault, runbook, first finding, right or wrong, seconds. The README shows it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Half, Row } from './expected.ts';

type Result = Row & {
  readonly found: string | null;
  readonly right: boolean;
  readonly ms: number;
};

/** What was real in a run. */
const real: Readonly<Record<Half, string>> = {
  istio: 'on a real API server, istiod and Envoy',
  linkerd:
    "on a real API server and Prometheus, with fakes of Linkerd's control plane and proxies that serve what upstream's serve",
};

export class Accuracy {
  readonly #results: Result[] = [];
  readonly #half: Half;
  readonly #rows: number;

  /** `rows`: how many runs make a whole. */
  constructor(half: Half, rows: number) {
    this.#half = half;
    this.#rows = rows;
  }

  add(result: Result): void {
    this.#results.push(result);
  }

  /** Of a whole run only: a run of some faults would drop the rows of the others. */
  async write(): Promise<void> {
    const { length } = this.#results;
    if (length < this.#rows) return;
    const right = this.#results.filter((result) => result.right).length;
    const summary = `${right} of ${length} runs right, ${real[this.#half]} (\`npm run test:lab\`).`;
    const file = join(import.meta.dirname, `accuracy-${this.#half}.md`);
    await writeFile(file, `${summary}\n\n${table(this.#results)}\n`);
  }
}

function table(results: readonly Result[]): string {
  const rows = results.map((one) => {
    const found = one.found === null ? 'none' : `\`${one.found}\``;
    const seconds = (one.ms / 1000).toFixed(1);
    const typed = one.runbook ?? one.table;
    return `| ${one.fault ?? 'none'} | ${one.scenario} | ${typed || '(none)'} | ${found} | ${one.right ? 'right' : '**wrong**'} | ${seconds} |`;
  });
  return [
    '| fault | case | runbook | first finding | | seconds |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
