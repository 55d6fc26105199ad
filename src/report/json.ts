// For programs: one JSON document, whatever the verdict.
import { document } from './document.ts';
import type { Report } from './style.ts';

export const json: Report = (diagnoses) => `${JSON.stringify(document(diagnoses), null, 2)}\n`;
