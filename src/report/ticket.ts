// For an issue on GitHub or GitLab: the verdict to read, commands to copy one by one, the proof folded away.
import { fit } from './fit.ts';
import { markdown } from './markdown.ts';
import { compose } from './paste.ts';
import type { Room } from './outline.ts';
import type { Report } from './style.ts';

export const ticketLimit = 65_536;
const base = { items: 200, prose: 1500, list: 40, moments: 25, script: 20_000, remedies: 40 };
const rooms: readonly Room[] = [
  { ...base, rows: 500, chars: 4000 },
  { ...base, rows: 60, chars: 1000 },
  { ...base, rows: 20, chars: 400 },
  { ...base, rows: 5, chars: 200, items: 60 },
  { ...base, rows: 2, chars: 120, items: 10, moments: 10 },
  { ...base, rows: 1, chars: 120, items: 3, moments: 5, script: 4000 },
  { rows: 1, chars: 120, items: 1, prose: 800, list: 10, moments: 5, script: 2000, remedies: 10 },
];
const how = { fold: true, byHand: true };
const note = 'Cut to fit here: parts of the proof are left out. meshdoc -o json has all of it.';

export const ticket: Report = (diagnoses) =>
  fit(ticketLimit, rooms, compose(diagnoses, how), markdown, note);
