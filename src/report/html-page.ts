// The frame of a page: one file, nothing fetched, nothing that runs.
import { escaped } from './html-escape.ts';
import { css } from './html-style.ts';
import type { Room } from './outline.ts';
import { mostDots } from './svg-timeline.ts';

/** A page has room for everything. */
export const room: Room = {
  ...{ rows: 2000, chars: 10_000, items: 1000, prose: 20_000 },
  ...{ list: 1000, moments: mostDots, script: 1_000_000, remedies: 1000 },
  folds: true,
};
export function section(title: string, body: string): string {
  return body === '' ? '' : `<section>\n<h2>${escaped(title)}</h2>\n${body}\n</section>`;
}

/** Nothing may be loaded, whatever stands in the text. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function page(title: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>
${css}
</style>
</head>
<body>
<main>
${sections.filter((one) => one !== '').join('\n')}
</main>
</body>
</html>
`;
}
