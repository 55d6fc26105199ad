// Help: one screen, by examples, under the name the program was started by.
import { describe, expect, test } from 'vitest';
import { invocationOf } from '../../src/cli/invocation.ts';
import { cli } from '../helpers/fake-io.ts';

/** Every command, as the program itself lists them. */
async function pages(): Promise<readonly (readonly string[])[]> {
  const { out } = await cli(['--help']);
  const commands = /Commands:\n([\s\S]*?)\n\n/.exec(out)?.[1]?.match(/^ {2}[a-z]+/gm) ?? [];
  expect(commands.length).toBeGreaterThan(4);
  return [[], ...commands.map((command) => [command.trim()])];
}

describe.each(['meshdoc', 'kubectl meshdoc'] as const)('%s', (name) => {
  test('the help of every command: at most 40 rows of 100 columns', async () => {
    for (const page of await pages()) {
      const { code, out, err } = await cli([...page, '--help'], { name });
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(`Usage: ${[name, ...page].join(' ')}`);
      const rows = out.trimEnd().split('\n');
      expect(rows.length, out).toBeLessThanOrEqual(40);
      expect(rows.filter((row) => row.length > 100)).toEqual([]);
    }
  });

  test('what is printed to be typed again says the name', async () => {
    const printed = await Promise.all(
      [['--help'], ['demo', 'stale'], ['demo'], ['list'], ['diagnose'], ['explain', 'nope']].map(
        async (argv) => {
          const { out, err } = await cli(argv, { name });
          return out + err;
        },
      ),
    );
    for (const text of printed) {
      const typed =
        text.match(/(kubectl )?meshdoc (?=--context|diagnose|demo|list|explain)/g) ?? [];
      expect(typed.length).toBeGreaterThan(0);
      expect(new Set(typed)).toEqual(new Set([`${name} `]));
    }
  });
});

test('a sentence about meshdoc is left alone', async () => {
  const { out, err } = await cli(['--help'], { name: 'kubectl meshdoc' });
  expect(out).toContain('\nmeshdoc only reads.');
  expect(err).toBe('');
});

describe('the name it was started by', () => {
  const words = ['diagnose', 'x'];
  test.each([
    ['/usr/bin/meshdoc', 'meshdoc'],
    ['/opt/node_modules/meshdoc/bin/meshdoc.js', 'meshdoc'],
    ['/home/a/.krew/bin/kubectl-meshdoc', 'kubectl meshdoc'],
    ['C:\\npm\\meshdoc\\bin\\kubectl-meshdoc.js', 'kubectl meshdoc'],
    ['C:\\krew\\bin\\kubectl-meshdoc.exe', 'kubectl meshdoc'],
    ['', 'meshdoc'],
  ])('%s', (started, name) => {
    expect(invocationOf(started, words)).toEqual({ name, words });
  });

  test('kubectl asks for completions under a name of its own', () => {
    expect(invocationOf('/usr/bin/kubectl_complete-meshdoc', ['diagnose', ''])).toEqual({
      name: 'kubectl meshdoc',
      words: ['complete', '--', 'diagnose', ''],
    });
  });
});

test('on a screen of 40 columns only what is typed is wider', async () => {
  // The page of completion is lines to type, beside the name of their shell.
  const others = (await pages()).filter(([name]) => name !== 'completion');
  for (const page of others) {
    const { out } = await cli([...page, '--help'], { terminal: { columns: 40, rows: 60 } });
    const wide = out.split('\n').filter((row) => row.length > 40);
    expect(wide.filter((row) => !row.startsWith('  meshdoc '))).toEqual([]);
  }
});
