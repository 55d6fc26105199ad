// `meshdoc explain <runbook | code | json | json/compare | json/doctor>`: the docs of one thing, offline.
import { near } from '../../core/near.ts';
import { jsonText, listed } from '../../core/text.ts';
import { entries, findRunbook } from '../../registry.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import { pageOf, partOf } from '../pages.ts';
import { schemas } from '../schemas.ts';

export async function explainCommand(what: string, io: Io): Promise<ExitCode> {
  const schema = schemas[what === 'schema' ? 'json' : what];
  if (schema) {
    io.out(`${jsonText(schema, 2)}\n`);
    return exitCodes.healthy;
  }
  const [name = '', code] = what.split('/');
  const found = findRunbook(name);
  if (!found.ok) return usage(found.says, io);
  const page = await pageOf(found.entry);
  if (code === undefined) {
    io.out(page);
    return exitCodes.healthy;
  }
  const part = partOf(page, what);
  if (part === undefined) {
    const close = near(
      what,
      entries.flatMap((e) => e.codes),
    );
    const hint =
      close.length > 0
        ? `did you mean ${listed(close)}?`
        : `meshdoc explain ${found.entry.id} lists them`;
    return usage(`${found.entry.id} has no finding "${code}"; ${hint}`, io);
  }
  io.out(`${part}\n`);
  return exitCodes.healthy;
}

function usage(says: string, io: Io): ExitCode {
  io.err(`meshdoc: ${says}\n`);
  return exitCodes.usage;
}
