// The top of the terminal view: the verdict, where it was reached, and the finding that explains the rest.
import stringWidth from 'string-width';
import type { Diagnosis, Finding } from '../core/diagnosis.ts';
import type { EvidenceId } from '../core/evidence.ts';
import { clip, oneLine } from './plain.ts';
import type { Room } from './text-room.ts';
import { labelWidth, prose, row, type Ink, type Paint } from './text-rows.ts';
import { answers, avoided, leadOf, othersOf } from './view.ts';
import {
  certainty,
  cutSays,
  fromSays,
  ignoredSays,
  labelOf,
  replaySays,
  roleSays,
  state,
  utc,
  verdictSays,
  versions,
} from './words.ts';

/** State, certainty and target on a row; then where and when. */
export function title(d: Diagnosis, to: Ink): string[] {
  const lead = leadOf(d);
  const sure = lead ? `  ${certainty(lead).toLowerCase()}` : '';
  const [name, target] = [state(d), oneLine(d.target)];
  const head = to.c.bold(paintOf(d, to)(name)) + to.c.dim(sure);
  const gap = to.width - stringWidth(name + sure) - stringWidth(target);
  const special = [replaySays(d), fromSays(d), cutSays(d)].flatMap((text) =>
    text ? prose(to, 0, text) : [],
  );
  return [
    ...(gap < 2
      ? [head, ...prose(to, 0, target).map(to.c.bold)]
      : [head + ' '.repeat(gap) + to.c.bold(target)]),
    ...where(d, to),
    ...special.map(to.c.yellow),
  ];
}

export function paintOf(d: Diagnosis, { c }: Ink): Paint {
  const paints = {
    'cause-found': c.red,
    inconclusive: c.yellow,
    warning: c.yellow,
    healthy: c.green,
    'only-ignored': c.yellow,
  };
  return paints[d.verdict];
}

/** On one row where it can be: without the day, as the reader has the same. */
function where(d: Diagnosis, to: Ink): string[] {
  const { reach, server, started } = d.about;
  const at = oneLine(reach.context ?? server ?? 'no context');
  const time = utc(started);
  const parts = (when: string) => [at, ...versions(d), when].join(to.dot);
  const rows = prose(to, 0, parts(time));
  return rows.length === 1 || to.verbose ? rows : prose(to, 0, parts(time.slice(11)));
}

type Cites = ReadonlySet<EvidenceId>;

/** The cause or the verdict, what it means and how far it goes, what not to do, and what else was found. */
export function claimed(d: Diagnosis, to: Ink, room?: Room, cites?: Cites): string[] {
  const lead = leadOf(d);
  const others = othersOf(d);
  const listed = others.slice(0, room?.also);
  const left = others.length - listed.length;
  return [
    ...(lead ? cause(lead, to, room, cites) : row(to, 'Verdict', verdictSays(d))),
    ...(lead ? [] : answers(d).flatMap((text) => row(to, 'Answer', cut(text, room)))),
    ...avoided(d).flatMap((text) => row(to, 'Do not', text, (s) => to.c.bold(to.c.red(s)))),
    ...listed.flatMap((finding) => also(finding, lead !== undefined, to, room, cites)),
    ...(left > 0 ? row(to, '', `and ${left} more with --verbose`, to.c.dim) : []),
    ...ignoredSays(d).flatMap((text) => row(to, 'Ignored', text)),
  ];
}

function cause(lead: Finding, to: Ink, room?: Room, cites?: Cites): string[] {
  return [
    ...row(to, 'Cause', said(lead, room, cites)),
    ...prose(to, labelWidth, told(lead.means, room)),
    ...(lead.reach ? row(to, 'Impact', cut(lead.reach, room)) : []),
    ...(lead.since ? row(to, 'Since', cut(lead.since, room)) : []),
  ];
}

function also(f: Finding, hasLead: boolean, to: Ink, room?: Room, cites?: Cites): string[] {
  const text = roleSays(f, hasLead) + said(f, room, cites);
  const rows = row(to, labelOf(f, hasLead), text);
  // Without a cause it is all that there is to read.
  return hasLead || !(room?.said ?? true)
    ? rows
    : [...rows, ...prose(to, labelWidth, told(f.means, room))];
}

/** Cited is what is shown: a number without its piece of evidence sends the reader nowhere. */
function said({ says, evidence }: Finding, room?: Room, cites?: Cites): string {
  const ids = evidence.filter((id) => cites?.has(id) ?? true);
  return cut(says, room) + (ids.length > 0 ? ` [${ids.join(' ')}]` : '');
}

/** A reason can be a page long; its evidence has the whole of it. */
function cut(text: string, room?: Room): string {
  return room === undefined ? oneLine(text) : clip(oneLine(text), room.prose);
}

/** Our own words: whole sentences, the first of them always. */
function told(text: string, room?: Room): string {
  const [first = '', ...more] = oneLine(text).split(/(?<=[.!?]) (?=[A-Z])/);
  let shown = first;
  for (const sentence of more) {
    if (shown.length + sentence.length >= (room?.prose ?? Infinity)) break;
    shown += ` ${sentence}`;
  }
  return shown;
}

/** What is to blame, for a line that has room for a name. */
export function culpritOf(d: Diagnosis): string {
  const { resource, kind, namespace, name, rule, deployment } = leadOf(d)?.subject ?? {};
  if (resource?.includes('/')) return oneLine(resource);
  if (kind && name && kind !== 'Pod')
    return oneLine(`${kind} ${namespace ? `${namespace}/` : ''}${name}`);
  if (deployment) return oneLine(`Deployment ${namespace ? `${namespace}/` : ''}${deployment}`);
  return oneLine(rule ?? d.target);
}
