// Every incident in every format, to be read as it would be at 3 a.m.
import { describe, expect, test } from 'vitest';
import { render, type Format } from '../../src/report/formats.ts';
import { plain } from './build.ts';
import { frozen, healthy, incidents, rejected, several } from './incidents.ts';

const { awkward: _, ...readable } = incidents;
const file = (name: string) => `golden/${name}`;
const extension = { ticket: 'md' } as Partial<Record<Format, string>>;

describe('the terminal view', () => {
  for (const [name, d] of Object.entries(readable)) {
    test(name, async () => {
      await expect(await render('text', [d], plain)).toMatchFileSnapshot(file(`${name}.text.txt`));
    });
  }

  test('everything, when asked for', async () => {
    const all = await render('text', [rejected], { ...plain, verbose: true });
    await expect(all).toMatchFileSnapshot(file('rejected.verbose.txt'));
  });

  test('a narrow terminal without unicode', async () => {
    const narrow = await render('text', [rejected], { ...plain, width: 60, unicode: false });
    await expect(narrow).toMatchFileSnapshot(file('rejected.narrow.txt'));
  });
});

describe('the other formats', () => {
  const formats: readonly Format[] = ['short', 'ticket', 'jira', 'slack', 'json', 'yaml'];
  for (const format of formats) {
    test(`a rejected push as ${format}`, async () => {
      const out = await render(format, [rejected], plain);
      const name = `rejected.${format}.${extension[format] ?? 'txt'}`;
      await expect(out).toMatchFileSnapshot(file(name));
    });
  }
});

describe('several targets', () => {
  for (const format of ['text', 'short', 'ticket', 'slack'] as const) {
    test(format, async () => {
      const out = await render(format, several, plain);
      const name = `several.${format}.${extension[format] ?? 'txt'}`;
      await expect(out).toMatchFileSnapshot(file(name));
    });
  }
});

test.each([
  ['inconclusive', incidents.inconclusive],
  ['healthy', healthy],
  ['frozen', frozen],
])('%s as a ticket', async (name, d) => {
  await expect(await render('ticket', [d], plain)).toMatchFileSnapshot(file(`${name}.ticket.md`));
});
