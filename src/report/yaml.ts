// The JSON document as YAML, for people who read it with the tools they have.
import { stringify } from 'yaml';
import { document } from './document.ts';
import type { Report } from './style.ts';

/** Unfolded lines, so that a command stays on one; no anchors, which few readers expect. */
export const yaml: Report = (diagnoses, _, notes) =>
  stringify(document(diagnoses, notes), { lineWidth: 0, aliasDuplicateObjects: false });
