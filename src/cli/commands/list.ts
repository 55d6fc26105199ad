// `meshdoc list`: every runbook, and when to reach for it.
import { jsonText } from '../../core/text.ts';
import { entries } from '../../registry.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';

export function listCommand(output: 'text' | 'json', io: Io): ExitCode {
  if (output === 'json') {
    const plain = entries.map(({ id, aliases, title, symptom, codes }) => ({
      id,
      aliases,
      title,
      symptom,
      codes,
    }));
    io.out(`${jsonText(plain, 2)}\n`);
    return exitCodes.healthy;
  }
  const width = Math.max(...entries.map((e) => e.id.length));
  for (const { id, symptom, aliases } of entries) {
    const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
    io.out(`${id.padEnd(width)}  ${symptom}${also}\n`);
  }
  io.out('\nmeshdoc explain <runbook> tells what it asks and what it can find.\n');
  return exitCodes.healthy;
}
