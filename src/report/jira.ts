// For a comment in Jira with wiki markup: the same order as a ticket, nothing folded.
import { fit } from './fit.ts';
import { jiraMarkup } from './jira-markup.ts';
import { compose } from './paste.ts';
import type { Room } from './outline.ts';
import type { Report } from './style.ts';

export const jiraLimit = 32_767;
const base = { items: 100, prose: 1200, list: 40, moments: 25, script: 10_000, remedies: 40 };
const rooms: readonly Room[] = [
  { ...base, rows: 200, chars: 2000 },
  { ...base, rows: 30, chars: 600 },
  { ...base, rows: 8, chars: 300, items: 40 },
  { ...base, rows: 2, chars: 120, items: 10, moments: 10 },
  { ...base, rows: 1, chars: 120, items: 2, moments: 5, script: 3000 },
  { rows: 1, chars: 120, items: 1, prose: 600, list: 6, moments: 5, script: 1500, remedies: 6 },
];
const how = { fold: false, byHand: true };
const note = 'Cut to fit here: parts of the proof are left out. meshdoc -o json has all of it.';

export const jira: Report = (diagnoses) =>
  fit(jiraLimit, rooms, compose(diagnoses, how), jiraMarkup, note);
