// For programs: one JSON document, whatever the verdict.
import { jsonText } from '../core/text.ts';
import { document } from './document.ts';
import type { Report } from './style.ts';

export const json: Report = (diagnoses, _, notes) => `${jsonText(document(diagnoses, notes), 2)}\n`;
