// Names out of everything that leaves: no name in any format, and a renamed case comes to the same findings.
import { expect, test } from 'vitest';
import { learnCase, renameCase } from '../../src/cli/rename-case.ts';
import { redacted } from '../../src/cli/redacted.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { createNames, type Names } from '../../src/guard/rename/names.ts';
import { isPlainWord, isVocabulary } from '../../src/guard/rename/vocabulary.ts';
import { formats, render, type Format } from '../../src/report/formats.ts';
import type { Case } from '../../src/snapshot/case.ts';
import { codesOf, run, scenarios } from '../helpers/scenarios.ts';
import { plain } from '../report/build.ts';

const all = await scenarios();
/** One of five is also looked through for names: that reads every text of a case four times. */
const some = new Set(all.filter((_, i) => i % 5 === 0).map(({ name }) => name));

/** Read straight from the objects, by other means than those under test. */
function namesIn({ objects, file }: Case): readonly string[] {
  const names = new Set<string>();
  for (const { kind, metadata, spec } of objects) {
    if (metadata.namespace !== undefined) names.add(metadata.namespace);
    if (/^(Namespace|Pod|Service|Deployment|Node)$/.test(kind)) names.add(metadata.name);
    for (const host of JSON.stringify(spec ?? null).match(
      /[a-z0-9.-]+\.(com|org|net|example)\b/g,
    ) ?? [])
      names.add(host);
  }
  if (file.context !== undefined) names.add(file.context);
  return [...names].filter((name) => !isOurs(name));
}

/** Words of meshes and plain English; a host that a project owns. */
function isOurs(name: string): boolean {
  // The pods of linkerd-viz: `tap-54b7c6b78c-4z859`.
  const base = name.replace(/(-[a-z0-9]{8,10})?-[a-z0-9]{5}$/, '');
  const parts = base.split('-');
  return (
    isVocabulary(name) ||
    isVocabulary(base) ||
    isPlainWord(name) ||
    /(githubusercontent|googleapis|github|coreos|hashicorp)\.com$/.test(name) ||
    parts.every((part) => isPlainWord(part) || isVocabulary(part))
  );
}

const edge = (name: string) =>
  new RegExp(`(?<![A-Za-z0-9])${name.replaceAll('.', '\\.')}(?![A-Za-z0-9])`);
const ips =
  /(?<![\w.-])(?!127\.|0\.0\.0\.0|24\d\.|255\.|169\.254\.)\d{1,3}(?:\.\d{1,3}){3}(?![\w.-]|\.\d)/g;

/** JSON holds every string there is; what the others do to a text is looked at for some. */
async function printedAs(diagnoses: readonly Diagnosis[], every: boolean): Promise<string> {
  const texts = (every ? Object.keys(formats) : ['json']).map((f) =>
    render(f as Format, diagnoses, { ...plain, verbose: true }),
  );
  return (await Promise.all(texts)).join('\n').replaceAll('\\', '');
}

test.each(all)('$name: its case says the same without names', async ({ name, saved }) => {
  const ran = await run(name, saved);
  const names = createNames();
  learnCase(saved, names);
  if (some.has(name)) await noneIsTold(name, saved, ran.diagnoses, names);
  const renamed = renameCase(saved, names);
  const again = await run(name, renamed);
  if (JSON.stringify(renamed.file).includes('a certificate holds names')) {
    // What was left out is a gap, so nothing is healthy for the lack of it.
    expect(again.diagnoses.map((d) => d.verdict)).not.toContain('healthy');
  } else expect([codesOf(again), again.exit]).toEqual([codesOf(ran), ran.exit]);
});

async function noneIsTold(
  name: string,
  saved: Case,
  diagnoses: readonly Diagnosis[],
  names: Names,
): Promise<void> {
  const [told = []] = redacted([diagnoses], names);
  const out = await printedAs(told, [...some].indexOf(name) % 12 === 0);
  expect(namesIn(saved).filter((one) => edge(one).test(out))).toEqual([]);
  expect(out.match(ips) ?? []).toEqual([]);
  expect(told.map((d) => d.verdict)).toEqual(diagnoses.map((d) => d.verdict));

  const { file, objects } = renameCase(saved, names);
  const written = JSON.stringify([file.input, objects.map((o) => o.metadata)]);
  const pods = saved.objects.filter((o) => o.kind === 'Pod' && !isOurs(o.metadata.name));
  expect(
    pods.filter((o) => edge(o.metadata.name).test(written)).map((o) => o.metadata.name),
  ).toEqual([]);
}
