// The timeline as a picture: a lane for each kind of moment, a numbered dot for each moment. Steps are equal, because a
// change, the push and the rejection are milliseconds apart, and the pod is days old.
import { momentKinds, type Moment, type MomentKind } from '../core/moment.ts';
import { escaped } from './html-escape.ts';
import { oneLine } from './plain.ts';
import { utc } from './words.ts';

const lanes: Readonly<Record<MomentKind, string>> = {
  change: 'changes',
  start: 'pods and containers begin',
  push: 'config on its way to proxies',
  end: 'containers end',
  event: 'events and refusals',
  certificate: 'certificates begin and end',
};

/** More would touch one another on a telephone. */
export const mostDots = 18;
const lane = 46;
const top = 24;

/** `asked`: when the cluster was asked, ISO. `isCited`: a finding rests on an answer that tells of it. */
export function timelinePicture(
  moments: readonly Moment[],
  asked: string,
  isCited: (moment: Moment) => boolean,
  id: string,
): string {
  const kinds = momentKinds.filter((kind) => moments.some((moment) => moment.kind === kind));
  const height = top + kinds.length * lane + 22;
  const parts = [
    ...kinds.map((kind, i) => laneOf(lanes[kind], top + i * lane)),
    nowLine(moments, asked, height - 22),
    ...moments.map((moment, i) =>
      dot(i, moments.length, yOf(kinds.indexOf(moment.kind)), isCited(moment)),
    ),
    ...ends(moments, height - 4),
  ];
  const names = `role="img" aria-labelledby="${id}-t ${id}-d"`;
  const told = moments.map(({ at, what }, i) => `${i + 1}: ${utc(at)} ${oneLine(what)}.`);
  const title = `<title id="${id}-t">Timeline: ${moments.length} moments</title>`;
  const desc = `<desc id="${id}-d">${escaped(told.join(' '))}</desc>`;
  return `<svg width="100%" height="${height}" ${names}>${title}${desc}${parts.join('')}</svg>`;
}

function yOf(laneIndex: number): number {
  return top + laneIndex * lane + 28;
}

function laneOf(name: string, y: number): string {
  const line = `<line class="axis" x1="0" x2="100%" y1="${y + 28}" y2="${y + 28}"/>`;
  return `<text class="dim" x="0" y="${y + 12}">${escaped(name)}</text>${line}`;
}

function dot(i: number, n: number, y: number, isCited: boolean): string {
  const x = percent((i + 0.5) / n);
  const circle = `<circle class="dot${isCited ? ' cited' : ''}" cx="${x}" cy="${y}" r="8"/>`;
  const look = isCited ? 'number on' : 'number';
  return `${circle}<text class="${look}" x="${x}" y="${y + 3.5}" text-anchor="middle">${i + 1}</text>`;
}

/** Between what had happened when the cluster was asked and what is still to come. */
function nowLine(moments: readonly Moment[], asked: string, bottom: number): string {
  const before = moments.filter(({ at }) => Date.parse(at) <= Date.parse(asked)).length;
  const at = before / moments.length;
  const x = percent(at);
  const anchor = at > 0.5 ? 'end' : 'start';
  const text = `<text class="now" x="${x}" y="12" text-anchor="${anchor}">asked ${utc(asked).slice(11)}</text>`;
  return `<line class="now" x1="${x}" x2="${x}" y1="16" y2="${bottom}"/>${text}`;
}

function ends(moments: readonly Moment[], y: number): readonly string[] {
  const [first] = moments;
  const last = moments.at(-1);
  if (!first || !last) return [];
  const label = (x: string, anchor: string, at: string) =>
    `<text class="dim" x="${x}" y="${y}" text-anchor="${anchor}">${utc(at)}</text>`;
  return first === last
    ? [label('0', 'start', first.at)]
    : [label('0', 'start', first.at), label('100%', 'end', last.at)];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
