// The JSON document as YAML, for people who read it with the tools they have.
import { document } from './document.ts';
import type { Report } from './style.ts';
import { yamlText } from './yaml-text.ts';

export const yaml: Report = (diagnoses, _, notes) => yamlText(document(diagnoses, notes));
