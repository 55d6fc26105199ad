// The commands that ask no cluster: what they print, for people and for programs, and that it fits the terminal.
import { describe, expect, test } from 'vitest';
import stringWidth from 'string-width';
import { pagerOf } from '../../src/cli/pager.ts';
import { entries } from '../../src/registry.ts';
import { cli } from '../helpers/fake-io.ts';

const out = async (...argv: string[]) => {
  const printed = await cli(argv);
  expect([printed.code, printed.err]).toEqual([0, '']);
  return printed.out;
};

describe('help', () => {
  test('bare meshdoc and `help` are --help, on standard output', async () => {
    const page = await out('--help');
    expect(await out()).toBe(page);
    expect(await out('help')).toBe(page);
  });

  test('`help <command>` is its --help', async () => {
    expect(await out('help', 'diagnose')).toBe(await out('diagnose', '--help'));
  });
});

describe('list', () => {
  test('of a mesh: its runbooks only', async () => {
    const page = await out('list', 'linkerd');
    expect(page).toContain('linkerd-policy');
    expect(page).not.toMatch(/^stale/m);
    const all = JSON.parse(await out('list', 'istio', '-o', 'json')) as { id: string }[];
    expect(all.map(({ id }) => id)).toContain('stale');
  });

  test('of a runbook: its findings', async () => {
    const { codes } = entries.find(({ id }) => id === 'stale') ?? { codes: [] };
    const page = await out('list', 'sync');
    for (const code of codes) expect(page).toContain(code);
    const all = JSON.parse(await out('list', 'stale', '-o', 'json')) as { code: string }[];
    expect(all.map(({ code }) => code)).toEqual(codes);
  });
});

describe('-o json', () => {
  test('demo, config, version', async () => {
    const demos = JSON.parse(await out('demo', '-o', 'json')) as object[];
    expect(demos[0]).toEqual({
      name: expect.any(String) as string,
      runbook: expect.any(String) as string,
      says: expect.any(String) as string,
    });
    const config = JSON.parse(await out('config', '-o', 'json')) as {
      settings: { name: string; value: string; from: string }[];
    };
    expect(config.settings).toContainEqual({ name: 'timeout', value: '60s', from: 'default' });
    expect(config.settings.filter(({ value }) => value === '')).toEqual([]);
    expect(JSON.parse(await out('version', '-o', 'json'))).toHaveProperty('meshdoc');
  });
});

describe('explain', () => {
  test.each([
    ['frozen', 'stale/frozen'],
    ['FROZEN', 'stale/frozen'],
    ['stale frozen', 'stale/frozen'],
    ['sync frozen', 'stale/frozen'],
    ['sync/frozen', 'stale/frozen'],
    ['push-rejected', 'stale/push-rejected'],
    ['PUSH REJECTED', 'stale/push-rejected'],
    ['Stale PUSH REJECTED', 'stale/push-rejected'],
  ])('%s', async (words, code) => {
    const page = await out('explain', code);
    expect(page).toMatch(new RegExp(`^${code}\n`));
    expect(await out('explain', ...words.split(' '))).toBe(page);
    expect(await out('explain', words)).toBe(page);
  });

  test('every finding by its id alone, or told which runbooks have it', async () => {
    for (const code of entries.flatMap(({ codes }) => codes)) {
      const id = code.split('/')[1] ?? '';
      const printed = await cli(['explain', id]);
      if (printed.code === 0) expect(printed.out.split('\n')[0]).toMatch(new RegExp(`${id}|^# `));
      else expect(printed.err).toContain(code);
    }
  });

  test('a terminal: rendered, and through the pager only when it is longer than the screen', async () => {
    const paged: string[] = [];
    const page = (text: string) => Promise.resolve(paged.push(text) > 0);
    const short = await cli(['explain', 'frozen'], {
      terminal: { columns: 80, rows: 200 },
      page,
    });
    expect(short.out).toMatch(/stale\/frozen/);
    expect(short.out).not.toMatch(/```|\*pod\*|^#/m);
    expect(short.out).toContain('<pod>');
    expect(paged).toEqual([]);
    const long = await cli(['explain', 'stale'], { terminal: { columns: 80, rows: 24 }, page });
    expect([long.code, long.out, paged.length]).toEqual([0, '', 1]);
  });

  test('without a pager it is printed all the same', async () => {
    const { out: text } = await cli(['explain', 'stale'], { terminal: { columns: 80, rows: 24 } });
    expect(text).toContain('stale/frozen');
  });

  test.each([
    [{}, 'less -R'],
    [{ PAGER: 'most' }, 'most'],
    [{ PAGER: '' }, undefined],
    [{ PAGER: 'cat' }, undefined],
    [{ TERM: 'dumb' }, undefined],
  ])('the pager of %j', (env, pager) => {
    expect(pagerOf(env, 'linux')).toBe(pager);
    expect(pagerOf(env, 'win32')).toBeUndefined();
  });
});

describe.each([80, 40])('%d columns', (columns) => {
  const terminal = { columns, rows: 1000 };

  test.each([['list'], ['list stale'], ['demo'], ['explain stale'], ['explain frozen']])(
    '%s breaks no word',
    async (line) => {
      const { out: text } = await cli(line.split(' '), { terminal });
      const raw = (await cli(line.split(' '))).out.split('\n').map((row) => row.trim());
      const wide = text.split('\n').filter((row) => stringWidth(row) > columns);
      // Commands and YAML stay whole: they are there to be copied. Else what is wider is one word.
      const wrong = wide.filter((row) => row.trim().includes(' ') && !raw.includes(row.trim()));
      expect(wrong).toEqual([]);
    },
  );

  test.each([['explain xyzzy-plugh'], ['diagnose stale web --output nothing'], ['render a b c']])(
    'the error of %s breaks no word',
    async (line) => {
      const { err } = await cli(line.split(' '), { terminal });
      expect(err.split('\n').length).toBeGreaterThan(columns === 40 ? 2 : 1);
      expect(err.split('\n').filter((row) => row.length > columns && row.includes(' '))).toEqual(
        [],
      );
    },
  );
});
