// For programs: one JSON document, whatever the verdict.
import { document } from './document.ts';
import type { Report } from './style.ts';

export const json: Report = (diagnoses, _, notes) =>
  `${JSON.stringify(document(diagnoses, notes), null, 2)}\n`;
