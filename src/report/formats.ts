// Formats by name. Each loads when it is asked for, and its dependencies with it.
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Noted, Report, Style } from './style.ts';

export const formats = {
  text: async () => (await import('./text.ts')).text,
  short: async () => (await import('./short.ts')).short,
  ticket: async () => (await import('./ticket.ts')).ticket,
  jira: async () => (await import('./jira.ts')).jira,
  slack: async () => (await import('./slack.ts')).slack,
  html: async () => (await import('./html.ts')).html,
  json: async () => (await import('./json.ts')).json,
  yaml: async () => (await import('./yaml.ts')).yaml,
} as const satisfies Record<string, () => Promise<Report>>;

export type Format = keyof typeof formats;

/** Loads a format while something else is waited for. */
export function prepare(format: Format): void {
  void formats[format]();
}

export async function render(
  format: Format,
  diagnoses: readonly Diagnosis[],
  style: Style,
  notes: readonly Noted[] = [],
): Promise<string> {
  const report: Report = await formats[format]();
  return report(diagnoses, style, notes);
}
