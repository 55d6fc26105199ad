// Notes of a session, in the formats that have a place for them.
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { render } from '../../src/report/formats.ts';
import { plain } from './build.ts';
import { rejected } from './incidents.ts';

const notes = [{ at: '2026-03-04T09:20:00.000Z', says: 'Rolled back <b>web</b>' }];

test('a document has them, and only when there are any', async () => {
  const json = JSON.parse(await render('json', [rejected], plain, notes));
  expect(json).toMatchObject({ notes });
  expect(parse(await render('yaml', [rejected], plain, notes))).toEqual(json);
  expect(await render('json', [rejected], plain)).not.toContain('"notes"');
});

test('a page has them as text, also when nothing was diagnosed', async () => {
  for (const all of [[rejected], []]) {
    const page = await render('html', all, plain, notes);
    expect(page).toContain('<h2>Notes</h2>');
    expect(page).toContain('</time>Rolled back &lt;b&gt;web&lt;/b&gt;</li>');
  }
  expect(await render('html', [rejected], plain)).not.toContain('Notes');
});
