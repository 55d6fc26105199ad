// The questions about what the session leaves behind: a note, and the ticket.
import type { Format } from '../report/formats.ts';
import type { Option, Question } from './question.ts';
import { lastRun, type Scene } from './scene.ts';
import { doing, type Where } from './where.ts';

/** A note is a sentence or two: the ticket has room for the rest. */
const mostLetters = 2000;

function before(scene: Scene): Where {
  return lastRun(scene) ? { at: 'next' } : { at: 'start' };
}

export function noteQuestion(scene: Scene): Question {
  return {
    is: 'type',
    says: 'Your note (it goes into the ticket, with the time)',
    example: 'rolled back web at 18:02, errors went down',
    check: (text) => {
      if (text.trim() === '') return 'Type a note, or press Escape to cancel';
      return text.length > mostLetters ? `At most ${mostLetters} characters` : undefined;
    },
    goes: (text) => doing({ is: 'note', says: text.trim() }),
    back: before(scene),
  };
}

const places: readonly (readonly [Format, string])[] = [
  ['ticket', 'GitHub, GitLab: Markdown'],
  ['jira', "Jira's markup"],
  ['slack', "Slack's markup"],
  ['text', 'plain text'],
  ['short', 'a few lines for a chat'],
];

export function formatQuestion(scene: Scene): Question {
  const ordered = places.toSorted(
    ([a], [b]) => Number(b === scene.format) - Number(a === scene.format),
  );
  return {
    is: 'choose',
    says: 'Which format for the ticket?',
    options: ordered.map(([format, says]): Option => {
      return { key: format, label: `${format}: ${says}`, goes: { at: 'file', format } };
    }),
    back: before(scene),
  };
}

export function fileQuestion(scene: Scene, format: Format): Question {
  return {
    is: 'type',
    says: 'Which file? Leave it empty to print the ticket here',
    example: format === 'ticket' ? 'incident.md' : 'incident.txt',
    check: () => undefined,
    goes: (text) => doing({ is: 'ticket', format, path: text.trim() || undefined }),
    back: before(scene),
  };
}
