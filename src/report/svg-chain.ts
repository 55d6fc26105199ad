// The way from the question to the cause as a picture: boxes from top to bottom, each with the evidence it rests on.
import stringWidth from 'string-width';
import { escaped } from './html-escape.ts';
import { oneLine } from './plain.ts';
import { cutRow, wrapHard } from './wrap.ts';

export type Link = {
  /** What leads here from the box above: "explained by". */
  readonly by: string;
  /** "Cause, confirmed". */
  readonly role: string;
  readonly says: string;
  readonly evidence: readonly string[];
  readonly look: 'plain' | 'cause' | 'unknown' | 'fine' | 'advice';
};

/** In pixels. A fixed-width letter at 12 px is at most 7.3 wide in the fonts the page names. */
const letter = 7.3;
const row = 17;
const gap = 34;
const inset = 12;
const mostRows = 5;

/** `columns`: letters of a line. Text is laid out here, so that it fits whatever width the page has. */
export function chain(links: readonly Link[], columns: number, id: string): string {
  const width = Math.ceil(columns * letter) + 2 * inset;
  let y = 1;
  const drawn = links.map((link, i) => {
    const top = i === 0 ? y : y + gap;
    const { svg, height } = box(link, columns, width, top);
    const arrow = i === 0 ? '' : arrowTo(link.by, top);
    y = top + height;
    return arrow + svg;
  });
  const size = `width="${width + 2}" height="${y + 2}" viewBox="0 0 ${width + 2} ${y + 2}"`;
  const names = `role="img" aria-labelledby="${id}-t ${id}-d"`;
  const title = `<title id="${id}-t">How the cause was found</title>`;
  const desc = `<desc id="${id}-d">${escaped(links.map(told).join(' '))}</desc>`;
  return `<svg ${size} ${names}>${title}${desc}${drawn.join('')}</svg>`;
}

function box(link: Link, columns: number, width: number, top: number) {
  const said = wrapHard(oneLine(link.says), columns);
  const shown = said.slice(0, mostRows);
  const last = shown.at(-1);
  if (said.length > mostRows && last !== undefined) shown[mostRows - 1] = ended(last, columns);
  const head = cutRow([link.role, ...citesOf(link)].join(': '), columns, '...');
  const lines = [
    `<text class="dim" x="${inset + 1}" y="${top + row}">${escaped(head)}</text>`,
    ...shown.map(
      (line, i) => `<text x="${inset + 1}" y="${top + row * (i + 2) + 2}">${escaped(line)}</text>`,
    ),
  ];
  const height = row * (shown.length + 1) + inset;
  const rect = `<rect class="box ${link.look}" x="1" y="${top}" width="${width}" height="${height}" rx="6"/>`;
  return { svg: rect + lines.join(''), height };
}

function ended(line: string, columns: number): string {
  return stringWidth(line) + 3 <= columns ? `${line}...` : cutRow(`${line}   `, columns, '...');
}

function arrowTo(by: string, top: number): string {
  const x = 24;
  const from = top - gap + 2;
  return (
    `<path class="arrow" d="M${x} ${from}V${top - 7}"/>` +
    `<path class="head" d="M${x - 5} ${top - 9}h10l-5 8z"/>` +
    `<text class="dim" x="${x + 14}" y="${top - 12}">${escaped(by)}</text>`
  );
}

function citesOf({ evidence }: Link): readonly string[] {
  return evidence.length === 0 ? [] : [evidence.slice(0, 6).join(', ')];
}

function told(link: Link, i: number): string {
  return `${i === 0 ? '' : `${link.by}: `}${[link.role, ...citesOf(link)].join(', ')}: ${oneLine(link.says)}`;
}
