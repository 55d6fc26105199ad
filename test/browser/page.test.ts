// The page in a real browser: quiet, offline, readable in both colours, and no wider than what it is read on.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { html } from '../../src/report/html.ts';
import { plain } from '../report/build.ts';
import { incidents, several } from '../report/incidents.ts';
import { run, scenarios } from '../helpers/scenarios.ts';

/** Recorded incidents with many moments, a long chain, several diagnoses, many gaps. */
const recorded = [
  'rbac/not-in-proxy',
  'linkerd-metrics/four-ways',
  'stale/denied-istio-system',
  'linkerd-identity/issuer-ended',
  'injection/webhook-down-namespace',
  'oom/many-reasons',
];
const views = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 400, colorScheme: 'light' },
  { width: 400, colorScheme: 'dark' },
] as const;

let browser: Browser;
let work = '';
const files = new Map<string, string>();

async function keep(name: string, page: string): Promise<void> {
  const file = join(work, `${name.replace('/', '-')}.html`);
  await writeFile(file, page);
  files.set(name, pathToFileURL(file).href);
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'meshdoc-browser-'));
  for (const [name, d] of Object.entries(incidents)) await keep(name, html([d], plain));
  await keep('several', html(several, plain));
  for (const { name, saved } of await scenarios()) {
    if (recorded.includes(name)) await keep(name, html((await run(name, saved)).diagnoses, plain));
  }
  // The tests run as root in a container, where Chromium has no sandbox; what it opens is our own file.
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser.close();
  await rm(work, { recursive: true, force: true });
});

type View = (typeof views)[number];

/** The page, and everything it said or asked for. */
async function opened(name: string, view: View): Promise<{ page: Page; heard: string[] }> {
  const { width, colorScheme } = view;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const heard: string[] = [];
  const href = files.get(name) ?? '';
  page.on('console', (message) => heard.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== href) heard.push(`request: ${request.url()}`);
  });
  await page.goto(href);
  return { page, heard };
}

const script = await readFile(new URL('./measure.js', import.meta.url), 'utf8');

type Contrast = { readonly said: string; readonly ratio: number };
type Measures = { readonly misfits: readonly string[]; readonly contrasts: readonly Contrast[] };

function measured<M extends keyof Measures>(page: Page, what: M): Promise<Measures[M]> {
  return page.evaluate<Measures[M]>(`(() => { ${script}\nreturn ${what}(); })()`);
}

const isPoor = ({ ratio }: Contrast) => ratio < 4.5;

const names = [...Object.keys(incidents), 'several', ...recorded];

describe.each(views)('$width px, $colorScheme', (view) => {
  test.each(names)('%s', async (name) => {
    const { page, heard } = await opened(name, view);
    try {
      // What is folded must fit as well.
      await page.evaluate(
        'document.querySelectorAll("details").forEach((one) => (one.open = true))',
      );
      expect(heard).toEqual([]);
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth'),
      ).toBeLessThanOrEqual(view.width);
      expect(await measured(page, 'misfits')).toEqual([]);
      const poor = (await measured(page, 'contrasts')).filter(isPoor);
      expect(poor).toEqual([]);
    } finally {
      await page.close();
    }
  });
});

test('what does not fit, and what nobody can read, is seen', async () => {
  const page = await browser.newPage({ viewport: { width: 400, height: 300 } });
  await page.setContent(`<main><p style="color:#999">pale</p><svg width="100" height="60">
    <rect x="0" y="0" width="100" height="20"/><text x="5" y="15">much too long for it</text>
    <text x="5" y="50">one</text><text x="9" y="50">two</text></svg></main>`);
  const said = (await measured(page, 'misfits')).join('\n');
  for (const fault of [
    /outside the picture: much/,
    /outside its box: much/,
    /one another: one and two/,
  ])
    expect(said).toMatch(fault);
  expect((await measured(page, 'contrasts')).filter(isPoor).map((one) => one.said)).toContain(
    'pale',
  );
  await page.close();
});

test('a link to a piece of evidence opens it, without a script', async () => {
  const { page } = await opened('rejected', views[0]);
  const proof = page.locator('#E2');
  expect(await proof.isVisible()).toBe(false);
  await page.locator('a[href="#E2"]').first().click();
  await proof.waitFor({ state: 'visible' });
  await page.close();
});

test('one picture of the way is shown, the one that fits', async () => {
  for (const view of views) {
    const { page } = await opened('rejected', view);
    const shown = await page.locator('figure svg:visible').count();
    expect(shown).toBe(2);
    const narrow = await page.locator('.narrow svg').isVisible();
    expect(narrow).toBe(view.width === 400);
    await page.close();
  }
});

test('on paper the evidence is unfolded', async () => {
  const { page } = await opened('rejected', views[0]);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('#E1').isVisible()).toBe(true);
  await page.close();
});

test('what a cluster says runs nothing and loads nothing', async () => {
  const { awkward } = incidents;
  const bad = '<img src="https://example.invalid/x"><script>document.title="ran"</script>';
  const said = {
    ...awkward,
    findings: awkward.findings.map((f) => ({ ...f, means: bad as typeof f.means })),
  };
  await keep('bad', html([said], plain));
  const { page, heard } = await opened('bad', views[0]);
  expect(heard).toEqual([]);
  expect(await page.title()).not.toBe('ran');
  expect(await page.locator('main').textContent()).toContain(bad);
  await page.close();
});
