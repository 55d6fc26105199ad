// `meshdoc list [runbook|mesh]`: every runbook and when to reach for it, or what one of them can find.
import type { Message } from '../../core/finding.ts';
import { jsonText, listed, oneLine } from '../../core/text.ts';
import { entries, findRunbook, load, type Entry } from '../../registry.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import { columns, prose } from '../columns.ts';
import { helpWidth } from '../help.ts';
import type { Io } from '../io.ts';

export async function listCommand(
  which: string | undefined,
  output: 'text' | 'json',
  io: Io,
): Promise<ExitCode> {
  const width = helpWidth(io.stdout);
  const chosen = which === undefined ? entries : ofMesh(which);
  if (chosen.length > 0) {
    io.out(output === 'json' ? runbooksJson(chosen) : runbooksText(chosen, width));
    return exitCodes.healthy;
  }
  const found = findRunbook(which ?? '');
  if (!found.ok) {
    io.err(`meshdoc: ${found.says}; the meshes are ${listed(meshes())}\n`);
    return exitCodes.usage;
  }
  const findings = await findingsOf(found.entry);
  io.out(
    output === 'json' ? `${jsonText(findings, 2)}\n` : findingsText(found.entry, findings, width),
  );
  return exitCodes.healthy;
}

function meshes(): readonly string[] {
  return [...new Set(entries.map(meshOf))];
}

/** `istio` of `runbooks/istio/stale` */
function meshOf({ folder }: Entry): string {
  return folder.split('/')[1] ?? '';
}

function ofMesh(name: string): readonly Entry[] {
  return entries.filter((entry) => meshOf(entry) === name.toLowerCase());
}

function runbooksJson(chosen: readonly Entry[]): string {
  const plain = chosen.map(({ id, aliases, title, symptom, codes }) => ({
    id,
    aliases,
    title,
    symptom,
    codes,
  }));
  return `${jsonText(plain, 2)}\n`;
}

function runbooksText(chosen: readonly Entry[], width: number): string {
  const rows = chosen.map(({ id, symptom, aliases }) => {
    const also = aliases.length > 0 ? ` (also: ${aliases.join(', ')})` : '';
    return [id, `${symptom}${also}`] as const;
  });
  const more =
    'meshdoc list <runbook> lists what it can find, meshdoc explain <runbook> tells more.';
  return `${columns(rows, width)}\n${prose(more, width)}`;
}

type Finding = { readonly code: string; readonly role: Message['role']; readonly says: string };

async function findingsOf(entry: Entry): Promise<readonly Finding[]> {
  const { head } = await load(entry);
  return Object.entries(head.findings as Readonly<Record<string, Message>>).map(
    ([id, { role, says }]) => ({ code: `${head.id}/${id}`, role, says: oneLine(shown(says)) }),
  );
}

/** `{pod}` stands for what a report names there. */
function shown(says: string): string {
  return says.replace(/\{(\w+)\}/g, '<$1>');
}

function findingsText({ id, symptom }: Entry, all: readonly Finding[], width: number): string {
  const rows = all.map(({ code, says }) => [code, says] as const);
  const more = `meshdoc explain <finding> tells what it means and what to do; meshdoc diagnose ${id} <target> looks for it.`;
  return `${prose(symptom, width)}\n${columns(rows, width)}\n${prose(more, width)}`;
}
