// One ticket of all runs and notes of a session.
import type { Diagnosis } from '../../core/diagnosis.ts';
import { render, type Format } from '../../report/formats.ts';
import { jiraLimit } from '../../report/jira.ts';
import { holdNotes, notesText } from '../../report/notes.ts';
import { slackLimit } from '../../report/slack.ts';
import type { Style } from '../../report/style.ts';
import { ticketLimit } from '../../report/ticket.ts';
import { askKey, type Note, type Run } from '../../triage/ask.ts';
import { changes } from '../../triage/changes.ts';

const limits: Readonly<Partial<Record<Format, number>>> = {
  ticket: ticketLimit,
  jira: jiraLimit,
  slack: slackLimit,
};

export async function sessionTicket(
  format: Format,
  runs: readonly Run[],
  notes: readonly Note[],
  style: Style,
): Promise<string> {
  if (holdNotes.has(format)) return render(format, told(runs), style, notes);
  const report = await render(format, told(runs), style);
  const said = notesText(format, notes, style.width);
  if (said === '') return report;
  const limit = limits[format] ?? Infinity;
  const whole = `${report}\n${said}`;
  // A place cuts what is too long for it, and would cut the notes: they go into a comment of their own.
  return whole.length <= limit ? whole : `${report}\n${'-'.repeat(20)} a second comment\n\n${said}`;
}

/** An answer that a later run only repeated is told once, as it is now. */
function told(runs: readonly Run[]): readonly Diagnosis[] {
  const kept = runs.filter((run, i) => {
    const next = runs.slice(i + 1).find(({ ask }) => askKey(ask) === askKey(run.ask));
    return !next || changes(run.diagnoses, next.diagnoses).is === 'changed';
  });
  return kept.flatMap(({ diagnoses }) => diagnoses);
}
