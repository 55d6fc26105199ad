// What a saved case must look like. A fault is a clause that names its place: `input.target must be text`.
import * as v from 'valibot';
import type { Why } from '../core/answer.ts';
import { limits } from '../core/limits.ts';
import { isLabelName, isOneLine } from '../core/names.ts';
import type { KubeObject } from '../core/object.ts';
import type { CaseFile } from './case.ts';

export type Shaped<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly says: string };

const { words } = limits;

function textOf(most: number) {
  return v.pipe(
    v.string('must be text'),
    v.maxLength(most, `must have at most ${most} characters`),
  );
}

/** Text in one line that shows what it is. */
function lineOf(most: number) {
  return v.pipe(textOf(most), v.check(isOneLine, 'must be printable text in one line'));
}

export const word = v.pipe(lineOf(words.word), v.minLength(1, 'must not be empty'));
/** It stands in commands that are printed. */
const namespace = v.pipe(word, v.check(isLabelName, 'must be the name of a namespace'));
/** Whatever is in it is made safe before it is printed. */
export const text = textOf(words.line);
export const line = lineOf(words.line);
export const flag = v.boolean('must be true or false');
export function listOf<T extends v.GenericSchema>(item: T) {
  return v.array(item, 'must be a list');
}

/** ISO 8601. Kubernetes is of 2014; a clock outside these years is no clock of a run. */
export const moment = v.pipe(
  v.string('must be a time such as 2026-11-21T08:00:00Z'),
  v.check(
    (at) =>
      /^20\d\d-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(at) && !Number.isNaN(Date.parse(at)),
    'must be a time such as 2026-11-21T08:00:00Z',
  ),
);

/** A list of a flag is kept as lines. */
const value = v.pipe(
  textOf(words.input),
  v.check((all) => all.split('\n').every(isOneLine), 'must be printable text'),
);

export function mapOf<T extends v.GenericSchema>(item: T) {
  return v.record(v.string(), item, 'must be a map');
}

const input = v.pipe(
  mapOf(value),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || isOneLine(dataset.value['target'] ?? '')) return;
    const path = [
      { type: 'object', origin: 'value', input: dataset.value, key: 'target', value: '' },
    ] as const;
    addIssue({ message: 'must be printable text in one line', path: [...path] });
  }),
);

const whys = {
  ...{ absent: '', forbidden: '', unauthenticated: '', unreachable: '', 'timed-out': '' },
  ...{ interrupted: '', 'server-error': '', 'tool-missing': '', 'tool-too-old': '' },
  ...{
    'tool-failed': '',
    unreadable: '',
    unexplained: '',
    'not-in-snapshot': '',
    refused: '',
    bug: '',
  },
} satisfies Readonly<Record<'absent' | Why, ''>>;

const reply = v.object(
  {
    question: line,
    why: v.picklist(Object.keys(whys), `must be one of ${Object.keys(whys).join(', ')}`),
    detail: text,
  },
  'must be a map of question, why and detail',
);

const ignored = v.object(
  {
    code: word,
    target: v.optional(word),
    reason: line,
    until: v.pipe(moment, v.length(10, 'must be a day such as 2027-01-31')),
    by: word,
  },
  'must be a map of code, reason, until and by',
);

const caseFile = v.object(
  {
    meshdoc: v.literal(1),
    runbook: word,
    input: v.optional(input, {}),
    now: moment,
    context: v.optional(word),
    namespace: v.optional(namespace),
    server: v.optional(word),
    recordedBy: v.optional(line),
    complete: v.optional(flag, false),
    ignore: v.optional(listOf(ignored)),
    runbooks: v.optional(listOf(word)),
    asked: v.optional(listOf(line)),
    replies: v.optional(listOf(reply)),
    expect: v.optional(
      v.object(
        { exit: v.number('must be a number'), first: v.nullable(word) },
        'must be a map of exit and first',
      ),
    ),
    example: v.optional(flag),
    demo: v.optional(line),
  },
  'must be a map',
);

export function caseFileOf(found: unknown): Shaped<CaseFile> {
  const says = formatFault(found, 'meshdoc');
  if (says !== undefined) return { ok: false, says };
  return shaped<CaseFile>(caseFile, found);
}

/** `key` holds the version of a format. */
export function formatFault(found: unknown, key: 'meshdoc' | 'session'): string | undefined {
  if (!isMap(found) && found !== null) return 'must be a map';
  const format = found?.[key];
  if (format === 1) return undefined;
  const shown = typeof format === 'number' ? String(format) : 'undefined';
  return `is of format ${shown}; this meshdoc reads format 1`;
}

/** The schema's output is of type T but for `readonly` and for what `undefined` may stand in. */
export function shaped<T>(schema: v.GenericSchema, found: unknown): Shaped<T> {
  const checked = v.safeParse(schema, found, { abortEarly: true });
  if (checked.success) return { ok: true, value: checked.output as T };
  const [issue] = checked.issues;
  const path = v.getDotPath(issue)?.slice(0, 200) ?? '';
  // A key that is not there is an issue of the map that lacks it.
  const says = issue.expected?.startsWith('"') ? 'is missing' : issue.message;
  return { ok: false, says: path === '' ? says : `${isOneLine(path) ? path : 'a key'} ${says}` };
}

/** What is wrong with an object, as far as everybody relies on it; its spec and status are its own. */
export function objectFault(found: unknown): string | undefined {
  if (!isMap(found)) return 'must be a map with apiVersion, kind and metadata';
  const { apiVersion, kind, metadata } = found;
  if (!isName(apiVersion)) return 'apiVersion must be text';
  if (!isName(kind)) return 'kind must be text';
  if (!isMap(metadata)) return 'metadata must be a map';
  if (!isName(metadata['name'])) return 'metadata.name must be text';
  for (const key of ['namespace', 'uid', 'creationTimestamp', 'deletionTimestamp'] as const) {
    if (!isNil(metadata[key]) && !isName(metadata[key])) return `metadata.${key} must be text`;
  }
  for (const key of ['labels', 'annotations'] as const) {
    const odd = isNil(metadata[key]) ? undefined : textsFault(metadata[key]);
    if (odd !== undefined) return `metadata.${key} ${odd}`;
  }
  return ownersFault(metadata['ownerReferences']);
}

/** Checked by `objectFault`. */
export function asObject(found: unknown): KubeObject {
  return found as KubeObject;
}

function textsFault(found: unknown): string | undefined {
  if (!isMap(found)) return 'must be a map';
  return Object.values(found).every((one) => typeof one === 'string')
    ? undefined
    : 'must hold text only';
}

function ownersFault(found: unknown): string | undefined {
  if (isNil(found)) return undefined;
  const whole =
    Array.isArray(found) &&
    found.every((one) => isMap(one) && isName(one['kind']) && isName(one['name']));
  return whole ? undefined : 'metadata.ownerReferences must be a list of maps with kind and name';
}

function isNil(found: unknown): found is null | undefined {
  return found === undefined || found === null;
}

function isMap(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === 'object' && found !== null && !Array.isArray(found);
}

function isName(found: unknown): found is string {
  return (
    typeof found === 'string' && found !== '' && found.length <= words.word && isOneLine(found)
  );
}
