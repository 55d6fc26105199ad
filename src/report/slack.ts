// For a Slack message: the verdict, the first steps, a little proof; short enough for one block.
import { fit } from './fit.ts';
import { compose } from './paste.ts';
import type { Room } from './outline.ts';
import { slackMarkup } from './slack-markup.ts';
import type { Report } from './style.ts';

export const slackLimit = 3000;
const rooms: readonly Room[] = [
  { rows: 8, chars: 300, items: 4, prose: 600, list: 5 },
  { rows: 4, chars: 160, items: 3, prose: 400, list: 4 },
  { rows: 2, chars: 120, items: 2, prose: 300, list: 3 },
  { rows: 1, chars: 100, items: 1, prose: 240, list: 2 },
  // An entity takes up to five characters, so even a sentence of nothing but `&` fits.
  { rows: 1, chars: 80, items: 1, prose: 40, list: 1 },
];
const how = { fold: false, byHand: false };
const note = 'Cut to fit here: the proof is in the ticket, meshdoc -o ticket.';

export const slack: Report = (diagnoses) =>
  fit(slackLimit, rooms, (room) => compose(diagnoses, room, how), slackMarkup, note);
