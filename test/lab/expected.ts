// What meshdoc must say of each fault: one table a runbook, in expected/<runbook>.ts. The lab tests hold it to
// them, and `record.ts` saves each as a scenario, so that the same incident is diagnosed again without a lab.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FaultContext } from './lab.ts';

export type Expected = {
  /** A fault of `faults/`; none is a healthy mesh. */
  readonly fault?: string;
  /** The folder under test/scenarios/<runbook>; also the name of the test. */
  readonly scenario: string;
  /** What to ask about, as words; the fault's own target when absent. */
  readonly target?: (context: FaultContext) => string;
  /** The runbook to type when it is not the table's own; '' for none. */
  readonly runbook?: string;
  readonly args?: readonly string[];
  /** The lab's user that asks; `oncall` has what meshdoc needs and no more. */
  readonly user?: string;
  /** Programs taken off the PATH. */
  readonly without?: 'istioctl';
  /** A folder of test/tools/linkerd: `linkerd` is on the PATH and prints what was recorded there. */
  readonly replay?: string;
  readonly exit: number;
  /** The first finding; null when there must be none at all. */
  readonly first: string | null;
  /** What the first finding's texts must contain. */
  readonly says?: readonly RegExp[];
  /** Findings that may stand behind the first. Everything else is a false finding. */
  readonly also?: readonly string[];
  readonly demo?: string;
  readonly example?: boolean;
};

export type Table = { readonly runbook: string; readonly all: readonly Expected[] };

/** Every table, by the name of its file. */
export async function tables(): Promise<readonly Table[]> {
  const dir = join(import.meta.dirname, 'expected');
  const files = (await readdir(dir)).filter((name) => name.endsWith('.ts')).sort();
  return Promise.all(
    files.map(async (name) => {
      const module = (await import(join(dir, name))) as { default: readonly Expected[] };
      return { runbook: basename(name, '.ts'), all: module.default };
    }),
  );
}

/** What one table expects of one run. */
export type Row = Expected & { readonly table: string };

/** Which half of the lab a run needs: Linkerd's objects beside the shop, or Istio's alone. */
export type Half = 'istio' | 'linkerd';

export function halfOf({ table, fault = '' }: Row): Half {
  return [table, fault].some((name) => name.startsWith('linkerd')) ? 'linkerd' : 'istio';
}

/** Faults in the order of the tables, each once: a fault is produced once for all its runs. */
export function byFault(all: readonly Table[], half?: Half): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  const rows = all.flatMap(({ runbook, all: some }) =>
    some.map((one) => ({ ...one, table: runbook })),
  );
  for (const row of rows.filter((one) => half === undefined || halfOf(one) === half)) {
    const key = row.fault ?? '';
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}
