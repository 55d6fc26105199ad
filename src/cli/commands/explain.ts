// `meshdoc explain <what>`: the docs of one thing, offline. A runbook, a finding by its code, its id or its headline
// (`stale/push-rejected`, `push-rejected`, `PUSH REJECTED`, `stale push-rejected`), or a schema.
import { near } from '../../core/near.ts';
import { jsonText, listed } from '../../core/text.ts';
import { entries, findRunbook, triageEntry, type Entry } from '../../registry.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { ColorChoice } from '../../run/options.ts';
import { helpWidth } from '../help.ts';
import type { Io } from '../io.ts';
import { markdownText } from '../markdown-text.ts';
import { pageOf, partOf } from '../pages.ts';
import { schemas } from '../schemas.ts';
import { lookOf, rowsOf, styleFor } from '../terminal.ts';

export async function explainCommand(
  words: readonly string[],
  color: ColorChoice,
  io: Io,
): Promise<ExitCode> {
  const schema = schemas[words.join(' ') === 'schema' ? 'json' : words.join(' ')];
  if (schema) {
    io.out(`${jsonText(schema, 2)}\n`);
    return exitCodes.healthy;
  }
  const meant = meaning(words);
  if ('says' in meant) {
    io.err(`meshdoc: ${meant.says}\n`);
    return exitCodes.usage;
  }
  const page = await pageOf(meant.entry);
  await show(meant.code === undefined ? page : (partOf(page, meant.code) ?? page), color, io);
  return exitCodes.healthy;
}

type Meant =
  { readonly entry: Entry; readonly code: string | undefined } | { readonly says: string };

const books = [...entries, triageEntry];

function meaning(words: readonly string[]): Meant {
  const wanted = words.join(' ').trim().toLowerCase().replace(/\s+/g, '-');
  if (wanted.includes('/')) return byCode(wanted);
  const book = books.find((entry) => namesOf(entry).includes(wanted));
  if (book) return { entry: book, code: undefined };
  const named = books.flatMap((entry) =>
    namesOf(entry)
      .filter((name) => wanted.startsWith(`${name}-`))
      .map((name) => `${entry.id}/${wanted.slice(name.length + 1)}`),
  );
  const [one, ...others] = [...codesOf(wanted), ...named.filter((code) => entryOf(code))];
  if (one === undefined) return nothingOf(wanted);
  return others.length === 0
    ? byCode(one)
    : { says: `several runbooks find ${wanted}; type one of ${listed([one, ...others])}` };
}

function namesOf({ id, aliases }: Entry): readonly string[] {
  return [id, ...aliases];
}

function entryOf(code: string): Entry | undefined {
  return books.find(({ codes }) => codes.includes(code));
}

function codesOf(id: string): readonly string[] {
  return books.flatMap(({ codes }) => codes.filter((code) => code.endsWith(`/${id}`)));
}

/** `sync/frozen` is `stale/frozen`: the runbook may be called by an alias. */
function byCode(wanted: string): Meant {
  const [name = '', ...rest] = wanted.split('/');
  const found = findRunbook(name);
  if (!found.ok) return { says: found.says };
  const { entry } = found;
  const code = `${entry.id}/${rest.join('/')}`;
  if (entry.codes.includes(code)) return { entry, code };
  const close = near(
    code,
    entries.flatMap((one) => one.codes),
  );
  const hint =
    close.length > 0 ? `did you mean ${listed(close)}?` : `meshdoc list ${entry.id} lists them`;
  return { says: `${entry.id} has no finding "${rest.join('/')}"; ${hint}` };
}

function nothingOf(wanted: string): Meant {
  const ids = books.flatMap(({ codes }) => codes.map((code) => code.split('/')[1] ?? ''));
  const close = near(wanted, [...books.flatMap(namesOf), ...ids]);
  const hint =
    close.length > 0 ? `did you mean ${listed(close)}?` : 'meshdoc list shows what there is';
  return { says: `there is no runbook and no finding "${wanted}"; ${hint}` };
}

/** Markdown as it is for a pipe and a file; for a terminal as text, through a pager where it is longer than the screen. */
async function show(page: string, color: ColorChoice, io: Io): Promise<void> {
  if (!io.stdout.isTTY) return io.out(`${page.trimEnd()}\n`);
  const usual = styleFor({ color, verbose: false }, io.env, io.stdout);
  const style = { ...usual, width: helpWidth(io.stdout) };
  const text = markdownText(page, style);
  const isLong = text.split('\n').length > (rowsOf(io.stdout) ?? Infinity);
  if (isLong && (await io.page(text))) return;
  io.out(text, lookOf(style));
}
