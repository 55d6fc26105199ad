// The settings of a config file, checked; what is wrong with them in one line that names the file and its line.
import * as v from 'valibot';
import { limits } from '../core/limits.ts';
import { isOneLine } from '../core/names.ts';
import { near } from '../core/near.ts';
import type { Ignore } from '../core/ignore.ts';
import { listed, quoted } from '../core/text.ts';
import { roots, settingOf } from '../meshes/choices.ts';
import { parseYaml, type YamlDocument } from '../yaml/parse.ts';

/** Where the control plane of each mesh is: called like the flag. */
const rootSettings = roots.map(({ root }) => settingOf(root));

/** Values as they would be typed behind their flags. */
export type Settings = Partial<Record<SettingName, string>>;
export const settingNames: readonly SettingName[] = [
  ...['context', 'namespace', 'output', ...rootSettings],
  ...['prometheus', 'timeout', 'color'],
];
export type SettingName = string;

export type Parsed =
  | { readonly ok: true; readonly settings: Settings; readonly ignores: readonly Ignore[] }
  | { readonly ok: false; readonly says: string };

export type Rules = {
  readonly outputs: readonly string[];
  /** Every finding code there is. */
  readonly codes: readonly string[];
};

/** One setting, wherever it was written. */
function schemas({ outputs }: Rules) {
  const name = v.pipe(v.string('must be a name'), v.check(isPlainWord, 'must be a name'));
  return {
    context: name,
    namespace: v.pipe(
      name,
      v.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace'),
    ),
    output: v.picklist(outputs, `must be one of ${outputs.join(', ')}`),
    ...Object.fromEntries(rootSettings.map((setting) => [setting, name])),
    prometheus: v.pipe(
      v.string('must be an address'),
      v.check(isAddress, 'must be an http address without a user in it'),
    ),
    timeout: v.pipe(
      v.string('must be a duration such as 30s or 1m'),
      v.regex(/^(\d+|(\d+(\.\d+)?(ms|s|m|h))+)$/, 'must be a duration such as 30s or 1m'),
    ),
    color: v.picklist(['auto', 'always', 'never'], 'must be auto, always or never'),
  };
}

/** What a report repeats, and a saved case keeps. */
function isWord(text: string): boolean {
  return text.length <= limits.words.word && isOneLine(text);
}

function isPlainWord(text: string): boolean {
  return /^\S+$/.test(text) && isWord(text);
}

const ignore = v.strictObject({
  code: v.string('must be a finding such as stale/frozen'),
  target: v.optional(
    v.pipe(
      v.string('must be a target, with * for any letters'),
      v.check(isWord, 'must be a target, with * for any letters'),
    ),
  ),
  reason: v.pipe(
    v.string('must be a sentence'),
    // YAML breaks a long sentence where it likes.
    v.transform((text) => text.replace(/\s+/g, ' ').trim()),
    v.minLength(1, 'must be a sentence'),
    v.check(isWord, `must be a sentence of at most ${limits.words.word} printable characters`),
  ),
  until: v.pipe(
    v.string('must be a day such as 2027-01-31'),
    v.check(isDay, 'must be a day such as 2027-01-31'),
  ),
});

export function checkSetting(name: SettingName, value: string, rules: Rules): string | undefined {
  const schema = (schemas(rules) as Readonly<Record<string, v.GenericSchema>>)[name];
  const checked = schema && v.safeParse(schema, value);
  return checked?.success === false ? checked.issues[0].message : undefined;
}

/** `file` is how a person finds it; `by` is how a report names it. */
export function parseConfig(text: string, file: string, by: string, rules: Rules): Parsed {
  const parsed = parseYaml(text);
  if (parsed.is === 'fault') return { ok: false, says: `${file}:${parsed.line}: ${parsed.says}` };
  const document = parsed.node;
  const at = (offset: number) => `${file}:${text.slice(0, offset).split('\n').length}`;
  const settings = Object.fromEntries(
    Object.entries(schemas(rules)).map(([k, s]) => [k, v.optional(s)]),
  );
  const schema = v.strictObject({
    ...settings,
    ignore: v.optional(v.array(ignore, 'must be a list')),
  });
  const checked = v.safeParse(schema, parsed.value ?? {});
  if (!checked.success) return { ok: false, says: explained(checked.issues[0], document, at) };
  const { ignore: ignores = [], ...plain } = checked.output as {
    ignore?: Omit<Ignore, 'by'>[];
  } & Settings;
  const odd = ignores.findIndex(({ code }) => !rules.codes.includes(code));
  if (odd >= 0) {
    const where = at(offsetOf(document, ['ignore', odd, 'code']));
    return { ok: false, says: `${where}: ${unknownCode(ignores[odd]?.code ?? '', rules.codes)}` };
  }
  return { ok: true, settings: plain, ignores: ignores.map((one) => ({ ...one, by })) };
}

function unknownCode(code: string, codes: readonly string[]): string {
  const close = near(code, codes);
  const hint =
    close.length > 0 ? `did you mean ${listed(close)}?` : 'meshdoc list names the runbooks';
  return `there is no finding ${quoted(code)}; ${hint}`;
}

type Issue = {
  readonly message: string;
  readonly type: string;
  readonly expected: string | null;
  readonly path?: readonly { readonly key?: unknown }[] | undefined;
};

function explained(
  issue: Issue,
  document: YamlDocument['node'],
  at: (offset: number) => string,
): string {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const name = path.filter((key) => typeof key === 'string').join('.') || 'the file';
  const where = at(offsetOf(document, path));
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = path[0] === 'ignore' ? Object.keys(ignore.entries) : [...settingNames, 'ignore'];
    const close = near(String(path.at(-1)), known);
    return `${where}: there is no setting ${quoted(name)}; ${close.length > 0 ? `did you mean ${listed(close)}?` : `there are ${listed(known)}`}`;
  }
  if (issue.type === 'strict_object') {
    return path.length > 0 && path.at(-1) !== undefined && typeof path.at(-1) === 'string'
      ? `${where}: ${name} is missing`
      : `${where}: ${name} must hold settings, each as "name: value"`;
  }
  return `${where}: ${name} ${issue.message}`;
}

/** Where a key stands; the place of what holds it when it is not there. */
function offsetOf(document: YamlDocument['node'], path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    if (range) return range[0] ?? 0;
  }
  return 0;
}

/** Credentials have no place in a file that is shared. */
function isAddress(text: string): boolean {
  if (!isPlainWord(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(text)
  );
}
