// For a Slack message: the verdict, the first steps, a little proof; short enough for one block.
import { fit } from './fit.ts';
import { compose } from './paste.ts';
import type { Room } from './outline.ts';
import { slackMarkup } from './slack-markup.ts';
import type { Report } from './style.ts';

export const slackLimit = 3000;
/**
 * The proof goes before what to do, and what to do before what is wrong. A command that is left out cannot be pasted, so
 * the proof goes first and sentences get shorter.
 */
const whole = { prose: 600, list: 20, moments: 5, script: slackLimit, remedies: 20 };
const noProof = { rows: 0, chars: 0, items: 0, moments: 0 };
const rooms: readonly Room[] = [
  { ...whole, rows: 8, chars: 300, items: 4 },
  { ...whole, rows: 4, chars: 160, items: 3 },
  { ...whole, rows: 1, chars: 120, items: 2 },
  { ...whole, ...noProof, moments: 3 },
  { ...whole, ...noProof, remedies: 3 },
  { ...whole, ...noProof, remedies: 1, prose: 300 },
  { ...whole, ...noProof, remedies: 0, prose: 240 },
  { ...whole, ...noProof, script: 1100, remedies: 0, prose: 240 },
  { ...whole, ...noProof, script: 700, remedies: 1, prose: 300 },
  { ...whole, ...noProof, script: 300, remedies: 3 },
  { ...whole, ...noProof, script: 300, remedies: 1, prose: 300 },
  { ...whole, ...noProof, script: 200, remedies: 1, prose: 180 },
  { ...whole, ...noProof, script: 160, remedies: 1, prose: 120 },
  { ...whole, ...noProof, script: 110, remedies: 0, prose: 110 },
  { ...whole, ...noProof, script: 0, remedies: 0, prose: 110 },
  { ...whole, ...noProof, script: 160, remedies: 0, prose: 110, list: 6 },
  { ...whole, ...noProof, script: 160, remedies: 0, prose: 110, list: 3 },
  { ...whole, ...noProof, script: 0, remedies: 0, prose: 70, list: 6 },
  // An entity takes up to five characters, so even a sentence of nothing but `&` fits.
  { ...noProof, prose: 40, list: 1, script: 110, remedies: 0 },
];
const how = { fold: false, byHand: false };
const note = 'Cut to fit here: the proof is in the ticket, meshdoc -o ticket.';

export const slack: Report = (diagnoses) =>
  fit(slackLimit, rooms, compose(diagnoses, how), slackMarkup, note);
