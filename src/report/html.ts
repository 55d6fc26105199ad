// One page that holds everything, for a wiki, a mail or a browser: no script, and nothing is fetched.
import type { Diagnosis } from '../core/diagnosis.ts';
import { chainFigure } from './html-chain.ts';
import { escaped, withCites } from './html-escape.ts';
import { details, htmlOf } from './html-markup.ts';
import { page, room, section } from './html-page.ts';
import { contextBlocks, type Block } from './outline.ts';
import * as part from './outline-parts.ts';
import { clearedOf, likewise, verdicts } from './outline-several.ts';
import { oneLine } from './plain.ts';
import { asOne, merged } from './session.ts';
import type { Noted, Report } from './style.ts';
import { timelinePicture } from './svg-timeline.ts';
import { isCitedIn, timelineOf } from './timeline.ts';
import { gravest, leadOf, type Group } from './view.ts';
import * as words from './words.ts';

/** More pictures than this show the same thing again and again. */
const mostChains = 8;

export const html: Report = (diagnoses, _, notes = []) => {
  const groups = asOne(diagnoses);
  const every = groups.flatMap(({ all }) => all);
  const d = merged(groups.map(({ first }) => first));
  const noted = section('Notes', timed(notes));
  if (!d) return page('meshdoc: nothing was diagnosed', ['<h1>Nothing was diagnosed.</h1>', noted]);
  const several = every.length > 1;
  const head = several
    ? verdicts(groups, room)
    : [part.headline(d, room), ...part.verdict(d, room)];
  const [title] = head.flatMap((block) => (block.is === 'title' ? [block.text] : []));
  return page(title ?? 'meshdoc', [
    badge(gravest(every) ?? d),
    htmlOf(head),
    ...groups.slice(0, mostChains).map(({ first }, i) => chainFigure(first, `chain${i}`)),
    section('What to do', htmlOf([...context(d, every), ...part.actions(d, room)])),
    several ? htmlOf(likewise(groups, room)) : '',
    section('What is open', htmlOf(part.open(d, room))),
    section('Checked', htmlOf(several ? clearedOf(groups, room) : part.cleared(d, room, ''))),
    section('Timeline', timeline(every)),
    noted,
    section('Evidence', evidence(merged(every) ?? d)),
    section('Questions', groups.map(questions).join('\n')),
    `<footer>${htmlOf([part.foot(d, room)])}</footer>`,
  ]);
};

/** What is seen first: of several the worst. */
function badge(d: Diagnosis): string {
  const look = { 'cause-found': 'found', healthy: 'fine' }[d.verdict as string] ?? 'open';
  const lead = leadOf(d);
  const sure = lead ? `, ${words.certainty(lead).toLowerCase()}` : '';
  return `<p class="badge ${look}">${escaped(words.state(d))}${sure}</p>`;
}

/** Before the first command, wherever on the page the first one that needs it stands. */
function context(d: Diagnosis, every: readonly Diagnosis[]): readonly Block[] {
  const proofs = every.flatMap((one) =>
    one.evidence.flatMap((e) => part.evidence(e, one, room, true)),
  );
  const blocks = [...part.actions(d, room), ...part.open(d, room), ...proofs];
  return contextBlocks(blocks, d, room);
}

function timeline(diagnoses: readonly Diagnosis[]): string {
  const { moments, cut } = timelineOf(diagnoses, room.moments);
  const asked =
    diagnoses
      .map(({ about }) => about.started)
      .toSorted()
      .at(-1) ?? '';
  if (moments.length === 0) return '';
  const picture = timelinePicture(moments, asked, isCitedIn(diagnoses), 'timeline');
  const caption = 'One step for each moment, not to scale. Filled: a finding rests on it.';
  const rows = moments.map(({ at, what, evidence: ids }) => {
    const said = withCites(`${oneLine(what)} (${ids.join(', ')})`);
    return `<li><time>${words.utc(at)}</time>${said}</li>`;
  });
  const figure = `<figure>\n${picture}\n<figcaption>${caption}</figcaption>\n</figure>`;
  return `${figure}\n<ol>\n${rows.join('\n')}\n</ol>${cut ? `\n<p>${escaped(cut)}</p>` : ''}`;
}

function timed(notes: readonly Noted[]): string {
  const rows = notes.map(
    ({ at, says }) => `<li><time>${words.utc(at)}</time>${escaped(oneLine(says))}</li>`,
  );
  return rows.length === 0 ? '' : `<ol>\n${rows.join('\n')}\n</ol>`;
}

/** Each behind a click; a link from a sentence opens it. */
function evidence(d: Diagnosis): string {
  return d.evidence
    .toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
    .map((one) => {
      const when = `<time>${words.utc(one.at)}</time>`;
      const [, ...body] = part.evidence(one, d, room, true);
      const summary = `<b>${one.id}</b> ${escaped(oneLine(one.asked))} ${when}`;
      const road = one.road ? `<p>By ${escaped(oneLine(one.road))}.</p>\n` : '';
      return details(summary, road + htmlOf(body), one.id);
    })
    .join('\n');
}

function questions({ first }: Group): string {
  const rows = first.steps.map((step) => {
    return `<li>${escaped(oneLine(step.asks))} <b>${escaped(oneLine(words.became(step)))}</b></li>`;
  });
  const summary = `${escaped(oneLine(first.target))}, ${escaped(first.runbook)}: ${rows.length} questions`;
  return rows.length === 0 ? '' : details(summary, `<ul>\n${rows.join('\n')}\n</ul>`);
}
