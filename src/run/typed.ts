// Secrets in what a person typed. They are hidden before a runbook sees them, with the stand-ins of the answers: a policy
// that asks for the same value is read through the same guard, so that both are the same `[hidden #1]` and the run decides
// as with the value itself. So no sentence, no command to type again and no saved case ever holds it.
import type { Diagnosis } from '../core/diagnosis.ts';
import type { Fix } from '../core/fix.ts';
import { holdsHidden } from '../core/text.ts';
import type { HideText } from '../guard/guard.ts';
import { prometheusKey } from '../meshes/choices.ts';
import { tokenTimes } from '../model/token.ts';
import type { Flags } from './check-words.ts';
import type { RunOptions } from './options.ts';

/** The options of a run as they may be told. The connection has its own, which reach nothing but the cluster. */
export function toldOptions(options: RunOptions, hide: HideText): RunOptions {
  const { [prometheusKey]: prometheus } = options.mesh;
  return {
    ...options,
    flags: toldFlags(options.flags, hide),
    ...(prometheus === undefined
      ? {}
      : { mesh: { ...options.mesh, [prometheusKey]: hide(prometheus) } }),
  };
}

function toldFlags(flags: Flags, hide: HideText): Flags {
  const told = Object.entries(flags).map(
    ([name, value]) =>
      [name, typeof value === 'string' ? hideLines(value, hide) : value.map(hide)] as const,
  );
  return Object.fromEntries(told);
}

/** A saved case keeps a list as lines; each is one value. */
function hideLines(value: string, hide: HideText): string {
  return value.split('\n').map(hide).join('\n');
}

const again = 'A secret that was typed is hidden in the command: type it again.';

/** Says where a command is not whole. */
export function noteHidden(d: Diagnosis): Diagnosis {
  if (!Object.values(d.input).some(holdsHidden)) return d;
  const findings = d.findings.map((finding) => ({ ...finding, fixes: finding.fixes.map(noted) }));
  return { ...d, findings };
}

function noted(fix: Fix): Fix {
  if (![...fix.run.argv, ...fix.verify.argv].some(holdsHidden)) return fix;
  return { ...fix, note: fix.note === undefined ? again : `${fix.note} ${again}` };
}

/** What a person is told of it, beside the report: of a value that is hidden now, and of one that a case hid before. */
export function typedNotes(typed: Flags, told: Flags, now: number): readonly string[] {
  const held = (flags: Flags) =>
    Object.keys(flags).filter((name) => holdsHidden(String(flags[name])));
  const lost = held(typed);
  const hidden = held(told).filter((name) => !lost.includes(name));
  return [
    ...sayOf(hidden, 'a secret, which is hidden in the report and in a saved case: type it again'),
    ...sayOf(lost, 'a secret that the case hides: what hangs on it may not be known'),
    ...Object.keys(typed).flatMap((name) =>
      [typed[name] ?? []].flat().flatMap((value) => overText(value, now, name) ?? []),
    ),
  ];
}

/** Only here is the token known: its times are no secret. */
function overText(value: string, now: number, name: string): string | undefined {
  const { expires, validFrom } = tokenTimes(value) ?? {};
  const token = `the token in --${name}`;
  if (expires !== undefined && expires <= now) return `${token} expired at ${iso(expires)}`;
  if (validFrom !== undefined && validFrom > now)
    return `${token} is not valid before ${iso(validFrom)}`;
  return undefined;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function sayOf(names: readonly string[], what: string): readonly string[] {
  if (names.length === 0) return [];
  const flags = names.map((name) => `--${name}`).join(' and ');
  return [`${flags} ${names.length === 1 ? 'holds' : 'hold'} ${what}`];
}
