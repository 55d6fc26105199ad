// `meshdoc triage --list`: the sessions that are kept, newest first.
import { count, oneLine } from '../../core/text.ts';
import { listSessions, type SessionFile } from '../../snapshot/session.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import { nowhere } from './store.ts';

export function listCommand(root: string | undefined, io: Io): ExitCode {
  const all = root === undefined ? [] : listSessions(root);
  if (all.length === 0)
    io.out(`No session is kept${root === undefined ? `: ${nowhere}` : ` in ${root}`}\n`);
  for (const { id, file } of all) io.out(`${oneLine(id)}\n  ${oneLine(summary(file))}\n`);
  if (all.length > 0) io.out('\nmeshdoc triage --resume <session> goes on with one.\n');
  return exitCodes.healthy;
}

function summary({ context, from, runs, notes }: SessionFile): string {
  const where = from === undefined ? (context ?? 'no context') : `case ${from}`;
  const last = runs.at(-1)?.says;
  return [
    where,
    count(runs.length, 'run'),
    count(notes.length, 'note'),
    ...(last ? [last] : []),
  ].join(', ');
}
