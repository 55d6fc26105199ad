// One row of expected/, asked: what meshdoc said, and whether that is right.
import type { Row } from './expected.ts';
import type { FaultContext, Lab } from './lab.ts';
import { diagnose, type Ran } from './meshdoc.ts';
import type { Finding, Report } from './report.ts';

export type Judged = {
  readonly ran: Ran;
  readonly report: Report;
  readonly findings: readonly Finding[];
  readonly codes: readonly string[];
  readonly found: string | null;
  readonly right: boolean;
};

export async function judged(mesh: Lab, one: Row, context: FaultContext): Promise<Judged> {
  const ran = await diagnose(mesh, one, context, '-o', 'json');
  const report = JSON.parse(ran.stdout) as Report;
  const findings = report.diagnoses.flatMap((d) => d.findings);
  const codes = findings.map((f) => f.code);
  const found = codes[0] ?? null;
  const right = ran.code === one.exit && found === one.first;
  return { ran, report, findings, codes, found, right };
}
