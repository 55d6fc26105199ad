// Commands as a person pastes them: what a shell makes of them, and every command that a diagnosis holds.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shell, type Command, type Reach } from '../../src/core/command.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { visible } from '../../src/core/text.ts';
import { again, nextOf } from '../../src/report/next.ts';

export function commandsOf(d: Diagnosis): readonly Command[] {
  const undone = (undo: Diagnosis['findings'][number]['fixes'][number]['undo']) =>
    'run' in undo ? [undo.run] : [];
  const { run } = nextOf(d);
  return [
    ...d.findings.flatMap((f) => f.fixes.flatMap((x) => [x.run, x.verify, ...undone(x.undo)])),
    ...d.evidence.map(({ byHand }) => byHand),
    ...d.gaps.flatMap(({ remedy }) => (remedy ? [remedy] : [])),
    ...(run ? [run] : []),
    again(d),
  ];
}

/** The words of a command line, each program with its own. */
export function linesOf(command: Command): readonly (readonly string[])[] {
  const others = [command.meanwhile ?? [], command.pipe ?? [], ...(command.also ?? [])];
  return [command.argv, ...others].filter((l) => l.length > 0);
}

const [unit, end] = ['\u001f', '\u001e'];

/** What a POSIX shell runs for a pasted line: each program's words, and what is given to it. In no order. */
export function ranBy(commands: readonly Command[], reach: Reach = {}): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'typed-'));
  const log = join(dir, 'log');
  const programs = [...new Set(commands.flatMap(linesOf).map(([program = '']) => program))];
  const said = `printf '%s${unit}' "$@" '${end}' >>"$LOG"`;
  const heard = `case " $* " in *' -f - '*) printf '%s${unit}' "$(cat)" '${end}' >>"$LOG";; esac`;
  const script = [
    'sleep() { :; }; kill() { :; }',
    ...programs.map((one) => `${one}() { set -- ${one} "$@"; ${said}; ${heard}; }`),
    ...commands.map((command) => shell(command, reach)),
    'wait',
  ].join('\n');
  const ran = spawnSync('sh', ['-eu'], { input: script, env: { LOG: log }, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${ran.stderr}\n${script}`);
  const all = readFileSync(log, 'utf8').split(`${end}${unit}`).slice(0, -1);
  rmSync(dir, { recursive: true });
  return all.map((one) => one.slice(0, -1)).sort();
}

/** The same, as the command says it itself. */
export function meantBy(commands: readonly Command[]): readonly string[] {
  const lines = commands.flatMap((command) => {
    const given = command.stdin === undefined ? [] : [visible(command.stdin.trimEnd())];
    const isFed = (line: readonly string[]) => / -f - /.test(` ${line.join(' ')} `);
    const last = linesOf(command).at(-1) ?? [];
    const fed = isFed(last) && last !== command.argv ? [''] : given;
    return [...linesOf(command).map((line) => line.join(unit)), ...fed];
  });
  return [...lines].sort();
}
