// The examination for programs: the shape of `meshdoc doctor -o json`, documented in the README.
import { shell, type Command, type Reach } from '../core/command.ts';
import { jsonText } from '../core/text.ts';
import type { Examination } from './check.ts';

/** Ends in a newline. `exitCode` is the one that the command ends with. */
export function doctorJson(
  { checks, permissions, grant }: Examination,
  about: { readonly meshdoc: string; readonly exitCode: number; readonly reach: Reach },
): string {
  const { meshdoc, exitCode, reach } = about;
  const { context, kubeconfig } = reach;
  const printed = (command: Command | undefined, as: Reach) =>
    command === undefined ? {} : { run: shell(command, as) };
  const document = {
    schema: 'meshdoc/doctor/v1',
    meshdoc,
    exitCode,
    checks: checks.map(({ run, ...check }) => ({ ...check, ...printed(run, reach) })),
    permissions,
    ...(grant ? { grant: shell(grant, { context, kubeconfig }) } : {}),
  };
  return `${jsonText(document, 2)}\n`;
}
