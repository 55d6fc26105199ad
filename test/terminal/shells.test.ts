// What is printed to be pasted, read by the shells themselves: sh, bash and zsh take all of it, fish whatever does not
// say that it is for a POSIX shell.
import { execFileSync, spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  contextVariable,
  kubectl,
  needsPosix,
  quote,
  shell,
  type Command,
} from '../../src/core/command.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { render } from '../../src/report/formats.ts';
import { scratch } from '../helpers/fake-apiserver/index.ts';
import { run, scenarios } from '../helpers/scenarios.ts';

const posix = ['sh', 'bash', 'zsh'] as const;
const reach = { context: `arn:aws:eks:1:cluster/it's\\`, as: 'anna' };

/** With a socket as its standard input, which a pipe of Node is, bash reads the person's own ~/.bashrc. */
const alone = { stdio: ['ignore', 'pipe', 'pipe'] } as const satisfies SpawnSyncOptions;

/** What the shell says of the text without running it; empty when it takes it. */
function complaint(program: string, text: string): string {
  const file = join(scratch(), 'commands');
  writeFileSync(file, `${text}\n`);
  return spawnSync(program, ['-n', file], { ...alone, encoding: 'utf8' }).stderr;
}

function commandsOf(value: unknown): readonly Command[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('argv' in value) return [value as Command];
  return Object.values(value).flatMap(commandsOf);
}

let diagnoses: readonly Diagnosis[] = [];
let commands: readonly Command[] = [];
beforeAll(async () => {
  const all = await scenarios();
  const found: Diagnosis[] = [];
  for (const { name, saved } of all) found.push(...(await run(name, saved)).diagnoses);
  diagnoses = found;
  const every = new Map(diagnoses.flatMap(commandsOf).map((one) => [shell(one), one]));
  commands = [...every.values()];
});

describe('every command of every recorded incident', () => {
  test.each(posix)('%s takes it', (program) => {
    expect(commands.length).toBeGreaterThan(300);
    const text = commands.map((one) => shell(one, reach)).join('\n');
    expect(complaint(program, text)).toBe('');
  });

  test('fish takes what does not say otherwise', () => {
    const others = commands.filter((one) => !needsPosix(one));
    expect(others.length).toBeGreaterThan(200);
    expect(others.length).toBeLessThan(commands.length);
    expect(complaint('fish', others.map((one) => shell(one, reach)).join('\n'))).toBe('');
  });

  test('where fish does not, the page says so', async () => {
    const style = { color: false, width: 100, height: 24, unicode: false, verbose: true };
    for (const d of diagnoses) {
      const text = await render('text', [d], style);
      const lines = text.split('\n').filter((line) => /<<'EOF|kill \$!/.test(line));
      const notes = text.split('In a POSIX shell (not fish):').length - 1;
      expect(notes).toBeGreaterThanOrEqual(lines.length);
      const ticket = await render('ticket', [d], style);
      if (/<<'EOF|kill \$!|CTX:\?/.test(ticket)) expect(ticket).toMatch(/POSIX shell/);
    }
  });
});

const words = [
  ...[
    "'",
    "''",
    '\\',
    '\\\\',
    '\\\\\\',
    "\\'",
    "\\\\'",
    'a\\',
    '\\a',
    '\\n',
    '"\\""',
    '{"a":"b\\\\c"}',
  ],
  ...[
    '$HOME',
    '`id`',
    '$(id)',
    '(id)',
    '~',
    '*',
    '!',
    '!!',
    '#',
    ' ',
    '',
    '-n',
    'a\nb',
    '{a,b}',
    '%self',
    '=ls',
    'ä🙂',
  ],
];

test.each([...posix, 'fish'])('%s takes every word back as it was', (program) => {
  const line = `printf '%s\\0' ${words.map(quote).join(' ')}`;
  const out = execFileSync(program, ['-c', line], { ...alone, encoding: 'utf8' });
  expect(out.split('\0').slice(0, -1)).toEqual(words);
});

test.each(posix)('%s ends a command whose CTX nobody set', (program) => {
  const line = shell(kubectl`get pods`, { context: contextVariable }).replace(/^kubectl/, 'echo');
  const run = (env: NodeJS.ProcessEnv) =>
    spawnSync(program, ['-c', line], {
      ...alone,
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });
  const ran = run({});
  expect(ran.status).not.toBe(0);
  expect(ran.stdout).toBe('');
  expect(run({ CTX: 'my context' }).stdout).toBe('--context my context get pods\n');
});
